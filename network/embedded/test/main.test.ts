import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Fixture } from "./fixture.ts";

const program = fileURLToPath(import.meta.resolve("@comity/embedded/program"));

describe("The ledger's process", function () {
  this.timeout(120_000);
  let fixture: Fixture;
  let file: string;

  before(async () => {
    fixture = await Fixture.create({ members: 1, quorum: 1 });
    file = join(fixture.folder, "config.json");
  });
  after(() => fixture.destroy());

  interface Ended {
    readonly code: number | null;
    readonly stdout: string;
    readonly stderr: string;
  }

  async function run(args: readonly string[], stopWhenReady = false): Promise<Ended> {
    const child = spawn(process.execPath, [program, ...args]);
    let [stdout, stderr] = ["", ""];
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      if (stopWhenReady && stdout.includes("\n")) child.kill("SIGTERM");
    });
    const [code] = (await once(child, "close")) as [number | null];
    return { code, stdout, stderr };
  }

  it("says when it is ready, and on stderr what it is not, and stops cleanly", async () => {
    await writeFile(file, JSON.stringify(fixture.rawConfig));

    const { code, stdout, stderr } = await run([file], true);

    const ready = JSON.parse(stdout) as {
      event: string;
      gateways: { mspId: string; port: number }[];
      height: number;
    };
    assert.equal(code, 0);
    assert.deepEqual([ready.event, ready.gateways[0]?.mspId, ready.height], ["ready", "Member1MSP", 1]);
    assert.match(stderr, /evaluation only, one operator, no fault tolerance/);
    assert.match(stderr, /one operator holds all of them/);
  });

  it("refuses production, a missing file, text that is not JSON and no argument", async () => {
    await writeFile(file, JSON.stringify({ ...fixture.rawConfig, mode: "production" }));
    const production = await run([file]);
    await writeFile(file, "{");
    const broken = await run([file]);
    const missing = await run([join(fixture.folder, "none.json")]);
    const none = await run([]);

    assert.deepEqual(
      [production, broken, missing, none].map(({ code }) => code),
      [1, 1, 1, 1],
    );
    assert.match(production.stderr, /runs in \\"evaluation\\" only/);
    assert.match(broken.stderr, /is not JSON/);
    assert.match(missing.stderr, /no such file/);
    assert.match(none.stderr, /usage: main\.js CONFIG\.json/);
  });

  it("names every certificate and key that does not fit", async () => {
    const folder = fixture.member(1).folder;
    const config = fixture.rawConfig as { members: object[]; gateways: object[] };
    const crossed = {
      ...config,
      members: [{ ...config.members[0], signingKeyFile: join(folder, "tls-key.pem") }],
      gateways: [{ ...config.gateways[0], tlsKeyFile: join(folder, "peer-key.pem") }],
      otherMsps: [{ mspId: "OtherMSP", rootCertificateFile: join(folder, "peer-cert.pem") }],
    };
    await writeFile(file, JSON.stringify(crossed));

    const { code, stderr } = await run([file]);

    assert.equal(code, 1);
    assert.match(stderr, /member Member1MSP: its signing key is not its certificate's/);
    assert.match(stderr, /gateway of Member1MSP: .*key values mismatch/);
    assert.match(stderr, /MSP OtherMSP: its root certificate is not a CA's/);
  });

  it("refuses to go on from an end that is damaged", async () => {
    await writeFile(file, JSON.stringify(fixture.rawConfig));
    await run([file], true);
    await fixture.damageTip();

    const { code, stderr } = await run([file]);

    assert.equal(code, 1);
    assert.match(stderr, /is not the one that the ledger ends with/);
    await rm(join(fixture.folder, "data"), { recursive: true });
  });
});
