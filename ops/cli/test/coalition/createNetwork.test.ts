import assert from "node:assert/strict";
import { createPublicKey, X509Certificate } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { attributesOf } from "@comity/fabric";
import { decodeGenesis, genesisId, quorumOf } from "@comity/protocol";
import { createNetwork } from "../../src/coalition/createNetwork.ts";
import { Layout, tlsNames } from "../../src/coalition/layout.ts";
import { readNetwork } from "../../src/coalition/networkFile.ts";
import { scratchDirectories } from "../scratch.ts";

const clock = { scale: 86_400, scaledMs: 180_000, bucketMs: 300_000 };
const now = (): number => 1_760_000_000_000;

describe("createNetwork", function () {
  this.timeout(20_000); // keys are drawn and dozens of certificates signed
  const scratch = scratchDirectories();

  async function create(members: number): Promise<Layout> {
    const layout = new Layout(join(scratch(), "coalition"));
    await createNetwork(layout, { members, clock }, now);
    return layout;
  }

  it("writes a genesis record that the network file names by its hash", async () => {
    const layout = await create(4);

    const bytes = readFileSync(layout.genesisFile);
    const genesis = decodeGenesis(bytes);

    assert.equal(readNetwork(layout).genesis, genesisId(bytes));
    assert.equal(genesis.mode, "evaluation");
    assert.deepEqual(genesis.clock, { ...clock, originMs: now() });
    assert.equal(genesis.threshold, 3);
  });

  it("draws keys in a directory of its own, not in one that somebody laid ready", async () => {
    const home = scratch();
    const ready = join(home, `.comity-new-${process.pid}`);
    mkdirSync(ready);
    writeFileSync(join(ready, "stranger"), "");
    const layout = new Layout(join(home, "coalition"));

    await createNetwork(layout, { members: 4, clock }, now);

    assert.deepEqual(readdirSync(ready), ["stranger"]);
    assert.ok(!readdirSync(layout.root).includes("stranger"));
    assert.equal(statSync(layout.root).mode & 0o777, 0o700);
  });

  it("takes up to sixteen members, each with ports of its own", async () => {
    const layout = await create(16);

    const network = readNetwork(layout);
    const ports = network.members.flatMap((member) => Object.values(member.ports));
    assert.equal(new Set([...ports, network.gatewayPort]).size, 16 * 6 + 1);
    assert.equal(decodeGenesis(readFileSync(layout.genesisFile)).threshold, quorumOf(16));
  });

  it("keeps every private key to its owner, and the identity key is the one that genesis names", async () => {
    const layout = await create(4);

    const files = readdirSync(layout.root, { recursive: true, encoding: "utf8" });
    const keys = files.filter((file) => file.endsWith("key.pem"));
    assert.equal(keys.length, 4 * 10 + 2);
    for (const key of keys) assert.equal(statSync(join(layout.root, key)).mode & 0o777, 0o600, key);

    const [first] = decodeGenesis(readFileSync(layout.genesisFile)).members;
    const spki = createPublicKey(readFileSync(layout.identityKey("xa"))).export({
      type: "spki",
      format: "der",
    });
    assert.equal(spki.subarray(-32).toString("hex"), first?.identityKey);
  });

  it("gives each identity its role", async () => {
    const layout = await create(4);

    for (const role of ["officer", "node", "gateway"] as const) {
      const pem = readFileSync(layout.keyPair("xb", role).certificateFile, "utf8");
      assert.deepEqual(attributesOf(pem), { "comity.role": role });
    }
  });

  it("gives TLS certificates the loopback address, from another root than the identities'", async () => {
    const layout = await create(4);

    const [identities, root] = [layout.rootCertificate("xb"), layout.tlsRootCertificate("xb")].map(
      (file) => new X509Certificate(readFileSync(file)),
    );
    for (const name of tlsNames) {
      const tls = new X509Certificate(readFileSync(layout.keyPair("xb", name).certificateFile));
      assert.equal(tls.checkIP("127.0.0.1"), "127.0.0.1");
      assert.equal(tls.checkIssued(root!), true, name);
      assert.equal(tls.checkIssued(identities!), false, name);
    }
  });

  it("makes a surety with an authority of its own, whose certificate says that it is one", async () => {
    const layout = await create(4);

    const [surety] = readNetwork(layout).sureties;
    assert.deepEqual(surety, {
      suretyId: "harbour-vale",
      name: "Harbour & Vale Surety",
      mspId: "HarbourValeMSP",
    });
    const pem = readFileSync(layout.suretyKeyPair("harbour-vale").certificateFile, "utf8");
    assert.deepEqual(attributesOf(pem), { "comity.role": "surety" });
    const root = new X509Certificate(readFileSync(layout.suretyRootCertificate("harbour-vale")));
    assert.ok(new X509Certificate(pem).verify(root.publicKey));
  });

  it("does not touch a directory that holds something else", async () => {
    const directory = scratch();
    writeFileSync(join(directory, "thesis.txt"), "mine");

    await assert.rejects(createNetwork(new Layout(directory), { members: 4, clock }, now), {
      code: "DATA_DIR_FOREIGN",
    });
    assert.deepEqual(readdirSync(directory), ["thesis.txt"]);
  });

  it("fills an empty directory", async () => {
    const directory = join(scratch(), "empty");
    mkdirSync(directory);

    await createNetwork(new Layout(directory), { members: 4, clock }, now);

    assert.equal(readNetwork(new Layout(directory)).members.length, 4);
  });
});

describe("readNetwork", () => {
  const scratch = scratchDirectories();

  it("says how to start one where there is none", () => {
    assert.throws(() => readNetwork(new Layout(join(scratch(), "nothing"))), { code: "NETWORK_NOT_FOUND" });
  });

  for (const [what, text] of [
    ["half a file", '{"version":1,'],
    ["an unknown version", '{"version":2}'],
  ] as const) {
    it(`refuses ${what}`, () => {
      const layout = new Layout(scratch());
      writeFileSync(layout.networkFile, text);

      assert.throws(() => readNetwork(layout), { code: "DATA_DIR_DAMAGED" });
    });
  }
});
