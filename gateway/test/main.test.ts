import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { genesisBytes } from "./example.ts";

const program = fileURLToPath(import.meta.resolve("@comity/gateway/program"));

describe("gateway process", function () {
  this.timeout(20_000);
  let folder: string;
  let child: ChildProcess;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "comity-gateway-main-"));
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    writeFileSync(join(folder, "key.pem"), privateKey.export({ type: "pkcs8", format: "pem" }), {
      mode: 0o600,
    });
    writeFileSync(join(folder, "genesis.json"), genesisBytes);
    // The ledger is never reached here, so neither certificate is looked into.
    writeFileSync(join(folder, "certificate.pem"), "");
  });
  after(() => rmSync(folder, { recursive: true }));
  afterEach(() => child.kill("SIGKILL"));

  function start(config: object | undefined): ChildProcess {
    const file = join(folder, "config.json");
    if (config) writeFileSync(file, JSON.stringify(config));
    child = spawn(process.execPath, [program, ...(config ? [file] : [])], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    return child;
  }

  const configured = (port: number): object => ({
    port,
    ledger: {
      channel: "comity",
      chaincode: "comity",
      endpoints: [{ address: "127.0.0.1:1", tlsRootFile: join(folder, "certificate.pem") }],
      mspId: "AldervaleMSP",
      certificateFile: join(folder, "certificate.pem"),
      keyFile: join(folder, "key.pem"),
    },
    nodes: [],
    genesisFile: join(folder, "genesis.json"),
    dataDir: join(folder, "data"),
    logLevel: "silent",
  });

  it("prints where it listens, serves, and stops on SIGTERM", async () => {
    const gateway = start(configured(0));
    const [line] = (await once(createInterface({ input: gateway.stdout! }), "line")) as [string];
    const { event, url } = JSON.parse(line) as { event: string; url: string };
    assert.equal(event, "ready");
    assert.equal((await fetch(`${url}/healthz`)).status, 200);

    gateway.kill("SIGTERM");

    assert.deepEqual(await once(gateway, "exit"), [0, null]);
  });

  it("is not ready without its ledger, and says why", async () => {
    const gateway = start(configured(0));
    const [line] = (await once(createInterface({ input: gateway.stdout! }), "line")) as [string];
    const { url } = JSON.parse(line) as { url: string };

    const problem = (await (await fetch(`${url}/readyz`)).json()) as { code: string; status: number };

    assert.deepEqual([problem.code, problem.status], ["LEDGER_UNAVAILABLE", 503]);
  });

  for (const [title, config, expected] of [
    ["no configuration", undefined, /^Usage: /],
    ["a configuration that does not hold", { port: "eighty" }, /^The configuration is refused: .*port/],
  ] as const) {
    it(`ends with one plain sentence on ${title}`, async () => {
      const gateway = start(config);
      const [said, exit] = await Promise.all([text(gateway.stderr!), once(gateway, "exit")]);

      assert.deepEqual(exit, [1, null]);
      assert.match(said, expected);
      assert.equal(said.trim().split("\n").length, 1);
    });
  }
});
