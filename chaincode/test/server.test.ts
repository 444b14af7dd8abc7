import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { type AddressInfo, connect, createServer } from "node:net";
import { dirname } from "node:path";

const cli = require.resolve("fabric-shim/cli.js");
const packageRoot = dirname(require.resolve("@comity/chaincode/package.json"));

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface Served {
  readonly process: ReturnType<typeof spawn>;
  /** What it had printed when it was ready, or at its end. */
  readonly output: Promise<string>;
  readonly exited: Promise<number | null>;
}

/** The chaincode process as operators start it. */
function serve(port: number, env: Record<string, string>): Served {
  const args = [
    cli,
    "server",
    "--chaincode-address",
    `127.0.0.1:${port}`,
    "--chaincode-id",
    "comity:1",
    "--module-path",
    packageRoot,
  ];
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, args, { env: { PATH, CORE_PEER_LOCALMSPID: "CHMSP", ...env } });
  let printed = "";
  const output = new Promise<string>((resolve) => {
    const read = (chunk: Buffer): void => {
      printed += chunk.toString("utf8");
      if (printed.includes("Bootstrap process completed")) resolve(printed);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("close", () => resolve(printed));
  });
  const exited = new Promise<number | null>((resolve) => child.on("exit", resolve));
  return { process: child, output, exited };
}

describe("The chaincode server", function () {
  this.timeout(20_000);

  it("loads the built package and listens", async () => {
    const port = await freePort();
    const served = serve(port, { COMITY_GENESIS: "ab".repeat(32) });
    try {
      assert.match(await served.output, /Bootstrap process completed/);

      const socket = connect(port, "127.0.0.1");
      await new Promise<void>((resolve, reject) => {
        socket.once("connect", resolve);
        socket.once("error", reject);
      });
      socket.destroy();
    } finally {
      served.process.kill();
      await served.exited;
    }
  });

  for (const [name, env] of [
    ["without a genesis fingerprint", {}],
    ["with a fingerprint in capitals", { COMITY_GENESIS: "AB".repeat(32) }],
    ["with half a fingerprint", { COMITY_GENESIS: "ab".repeat(16) }],
  ] as const) {
    it(`does not start ${name}`, async () => {
      const served = serve(await freePort(), env);
      assert.match(await served.output, /COMITY_GENESIS|network id/);
      assert.notEqual(await served.exited, 0);
    });
  }
});
