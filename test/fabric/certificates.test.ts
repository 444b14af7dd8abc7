import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:tls";
import { type Coalition, keyPairIn } from "@comity/cli";
import { loadAuthority, loadTlsAuthority } from "@comity/fabric";
import { canonicalString } from "@comity/protocol";
import { comity } from "../system/cli.ts";
import { eventually } from "../system/eventually.ts";
import { NetworkProcess } from "./networkProcess.ts";
import { endRealNetwork, startRealNetwork } from "./realNetwork.ts";

interface Status {
  readonly processes: readonly {
    readonly name: string;
    readonly isWell: boolean;
    readonly height?: number;
  }[];
}

/** SHA-256 of the certificate with which a port answers. */
function fingerprintAt(port: number, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", ca, ALPNProtocols: ["h2"] });
    socket.once("secureConnect", () => {
      resolve(socket.getPeerX509Certificate()?.fingerprint256 ?? "");
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

describe("The certificates of an orderer and a peer", function () {
  this.timeout(180_000);
  let network: Coalition;
  before(async () => (network = await startRealNetwork()));
  after(() => endRealNetwork(network));

  const register = (operatorId: string) =>
    network
      .ledger("xd", "officer")
      .submitIdempotent(
        "facility:RegisterOperator",
        canonicalString({ operatorId, memberId: "xd", name: operatorId }),
      );

  for (const memberId of ["xa", "xb"]) {
    it(`are renewed while clients work: ${memberId}`, async () => {
      const member = network.network.members.find((each) => each.memberId === memberId);
      const ca = readFileSync(network.layout.tlsRootCertificate(memberId), "utf8");
      const ports = [member?.ports.orderer ?? 0, member?.ports.ledger ?? 0];
      const before = await Promise.all(ports.map((port) => fingerprintAt(port, ca)));
      let isOver = false;
      let served = 0;
      const client = async (): Promise<void> => {
        for (; !isOver; served += 1) await register(`${memberId}-${served}`);
      };
      const working = client();

      await network.upkeep.renewCertificates(memberId, network).finally(() => (isOver = true));
      await working;

      const after = await Promise.all(ports.map((port) => fingerprintAt(port, ca)));
      for (const [at, fingerprint] of after.entries()) assert.notEqual(fingerprint, before[at]);
      assert.ok(served > 3, `${served} transactions`);
      await eventually("all to have come equally far", async () => {
        const { stdout } = await comity("fabric", "status", "--json", "--data-dir", network.layout.root);
        const { processes } = JSON.parse(stdout) as { processes: { height: number }[] };
        return new Set(processes.map(({ height }) => height)).size === 1 ? true : undefined;
      });
    });
  }

  it("change nothing of who may do what, which `comity doctor` says", async () => {
    const { code, stdout } = await comity("doctor", "--json", "--data-dir", network.layout.root);

    assert.equal(code, 0, stdout);
    const { findings } = JSON.parse(stdout) as { findings: { what: string; holds: boolean }[] };
    assert.equal(findings.length, 7);
  });
});

describe("The renewal of certificates", function () {
  this.timeout(180_000);
  const network = new NetworkProcess("ledger");
  const { layout } = network;
  before(() => network.start());
  after(() => network.remove());

  const filesOf = (memberId: string) =>
    (["orderer", "orderer-tls", "peer", "peer-tls"] as const).map((name) =>
      readFileSync(layout.keyPair(memberId, name).certificateFile, "utf8"),
    );

  it("goes on where it was after everything was killed, with the certificates that it had issued", async () => {
    const before = filesOf("xc");
    const renewing = network.run("fabric", "renew", "xc");
    await eventually("new certificates", () =>
      Promise.resolve(existsSync(layout.renewal("xc")) ? true : undefined),
    );
    await network.end("SIGKILL");
    assert.equal((await renewing).code, 1);
    assert.deepEqual(filesOf("xc"), before);
    const issued = readFileSync(keyPairIn(layout.renewal("xc"), "orderer").certificateFile, "utf8");

    await network.start();
    const { code, stderr } = await network.run("fabric", "renew", "xc");

    assert.equal(code, 0, stderr);
    assert.equal(filesOf("xc")[0], issued);
    for (const [at, file] of filesOf("xc").entries()) assert.notEqual(file, before[at]);
    assert.equal(existsSync(layout.renewal("xc")), false);
    assert.equal((await network.run("doctor")).code, 0);
  });

  it("helps an orderer whose certificates have run out, which nobody speaks with any more", async () => {
    await issueFor("xd", 40_000);
    assert.equal((await network.run("fabric", "renew", "xd")).code, 0);
    const { certificateFile } = layout.keyPair("xd", "orderer-tls");
    const expired = (): boolean =>
      new X509Certificate(readFileSync(certificateFile)).validToDate.getTime() < Date.now();
    await eventually(
      "the certificates to run out",
      () => Promise.resolve(expired() ? true : undefined),
      60_000,
    );

    const { code, stderr } = await network.run("fabric", "renew", "xd");

    assert.equal(code, 0, stderr);
    assert.equal(expired(), false);
    assert.equal((await network.run("doctor")).code, 0);
    await eventually("all to have come equally far", async () => {
      const status = JSON.parse((await network.run("fabric", "status")).stdout) as Status;
      return new Set(status.processes.map(({ height }) => height)).size === 1 ? true : undefined;
    });
  });

  /** New certificates that are valid for so long, as a renewal finds them that was interrupted after it had issued them. */
  async function issueFor(memberId: string, ms: number): Promise<void> {
    const folder = layout.renewal(memberId);
    const notAfter = Date.now() + ms;
    const [authority, tlsAuthority] = [
      await loadAuthority(layout.authority(memberId), Date.now),
      await loadTlsAuthority(layout.tlsAuthority(memberId), Date.now),
    ];
    mkdirSync(folder);
    for (const name of ["orderer", "peer"] as const) {
      const tls = { commonName: `${name}-tls`, dns: ["localhost"], ips: ["127.0.0.1"] };
      const issued = {
        [name]: await authority.issue({
          commonName: name,
          ou: name,
          ...(name === "orderer" && { notAfter }),
        }),
        [`${name}-tls`]: await tlsAuthority.issue({ ...tls, ...(name === "orderer" && { notAfter }) }),
      };
      for (const [pair, { certificatePem, privateKeyPem = "" }] of Object.entries(issued)) {
        const { certificateFile, keyFile } = keyPairIn(folder, pair);
        writeFileSync(certificateFile, certificatePem);
        writeFileSync(keyFile, privateKeyPem, { mode: 0o600 });
      }
    }
  }
});
