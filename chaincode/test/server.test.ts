import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { createTlsAuthority, packageProgram, type TlsAuthority } from "@comity/fabric";
import { serverConfig } from "../src/config.ts";
import { networkWith } from "./fixture/coalition.ts";

const program = require.resolve("@comity/chaincode/program");
const network = networkWith();

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
function serve(env: Record<string, string>): Served {
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, [program], { env: { PATH, ...env } });
  let printed = "";
  const output = new Promise<string>((resolve) => {
    const read = (chunk: Buffer): void => {
      printed += chunk.toString("utf8");
      if (printed.includes('"event":"ready"')) resolve(printed);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("close", () => resolve(printed));
  });
  const exited = new Promise<number | null>((resolve) => child.on("exit", resolve));
  return { process: child, output, exited };
}

interface Client {
  readonly cert: string;
  readonly key: string;
}

/** Whether the server speaks to this client: over HTTP/2 it has the first word. */
function isTaken(port: number, ca: string, client?: Client): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", ca, ALPNProtocols: ["h2"], ...client });
    const end = (taken: boolean): void => {
      resolve(taken);
      socket.destroy();
    };
    socket.once("data", () => end(true));
    socket.once("error", () => end(false));
    socket.once("close", () => end(false));
  });
}

describe("The chaincode server", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "comity-chaincode-"));
  const file = (name: string): string => join(folder, name);
  const all: Record<string, string> = {
    COMITY_GENESIS_FILE: file("genesis.json"),
    CORE_PEER_LOCALMSPID: "CHMSP",
    CHAINCODE_ID: "",
    CHAINCODE_PACKAGE_FILE: file("chaincode.tar.gz"),
    CHAINCODE_SERVER_ADDRESS: "127.0.0.1:0",
    CHAINCODE_TLS_CERT_FILE: file("server.pem"),
    CHAINCODE_TLS_KEY_FILE: file("server.key"),
    CHAINCODE_TLS_CLIENT_CACERT_FILE: file("root.pem"),
  };
  let root: string;
  let peer: Client;
  let stranger: Client;

  before(async () => {
    const own = await newAuthority();
    const server = await own.issue({ commonName: "chaincode", ips: ["127.0.0.1"] });
    root = own.rootCertificatePem;
    writeFileSync(file("server.pem"), server.certificatePem);
    writeFileSync(file("server.key"), server.privateKeyPem ?? "");
    writeFileSync(file("root.pem"), root);
    const release = await packageProgram(program, { version: 1, genesis: network.id });
    writeFileSync(file("genesis.json"), network.text);
    all["CHAINCODE_ID"] = release.id;
    writeFileSync(file("chaincode.tar.gz"), release.bytes);
    peer = await clientOf(own);
    stranger = await clientOf(await newAuthority());
  });

  after(() => rmSync(folder, { recursive: true }));

  it("says when it listens, and speaks to peers of the given root only", async () => {
    const port = await freePort();
    const served = serve({ ...all, CHAINCODE_SERVER_ADDRESS: `127.0.0.1:${port}` });
    try {
      assert.match(await served.output, /"event":"ready"/);

      assert.equal(await isTaken(port, root, peer), true);
      assert.equal(await isTaken(port, root, stranger), false);
      assert.equal(await isTaken(port, root), false);
    } finally {
      served.process.kill();
      await served.exited;
    }
  });

  it("does not start for another network than its release is of, and says which", async () => {
    const other = networkWith({ name: "another" });
    writeFileSync(file("other.json"), other.text);
    const served = serve({ ...all, COMITY_GENESIS_FILE: file("other.json") });

    const why = `RELEASE_NETWORK: the approved program serves the network ${network.id}, and this process is told ${other.id}`;
    assert.equal((await served.output).trim(), why);
    assert.notEqual(await served.exited, 0);
  });

  for (const missing of Object.keys(all)) {
    it(`is not told what to do without ${missing}`, () => {
      const rest = Object.fromEntries(Object.entries(all).filter(([name]) => name !== missing));

      const code = "CONFIG_MISSING";
      assert.throws(() => serverConfig(rest), { code, message: new RegExp(`^${missing} is not set`) });
    });
  }

  for (const [what, path, why] of [
    ["that is not there", "nowhere.json", "ENOENT"],
    ["that is a folder", "", "EISDIR"],
  ] as const) {
    it(`does not start with a file ${what}, and names it`, async () => {
      const wrong = file(path);
      const served = serve({ ...all, COMITY_GENESIS_FILE: wrong });

      assert.equal(await served.output, `CONFIG_FILE: the file ${wrong} cannot be read (${why})\n`);
      assert.notEqual(await served.exited, 0);
    });
  }

  for (const [name, record, code] of [
    ["cut in half", network.text.slice(0, network.text.length / 2), "CANONICAL_SYNTAX"],
    ["with a space more", ` ${network.text}`, "CANONICAL_FORM"],
  ] as const) {
    it(`does not start with a genesis record ${name}`, async () => {
      writeFileSync(file("wrong.json"), record);
      const served = serve({ ...all, COMITY_GENESIS_FILE: file("wrong.json") });

      assert.match(await served.output, new RegExp(`^${code}: [^\n]+\n$`));
      assert.notEqual(await served.exited, 0);
    });
  }
});

function newAuthority(): Promise<TlsAuthority> {
  return createTlsAuthority({ mspId: "CHMSP", organisation: "CH", now: () => Date.now() });
}

async function clientOf(authority: TlsAuthority): Promise<Client> {
  const { certificatePem, privateKeyPem } = await authority.issue({ commonName: "peer", ips: ["127.0.0.1"] });
  return { cert: certificatePem, key: privateKeyPem ?? "" };
}
