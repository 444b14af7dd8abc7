import { type ChildProcess, spawn } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type Authority,
  createAuthority,
  createTlsAuthority,
  type IssuedCertificate,
  type TlsAuthority,
} from "@comity/fabric";
import { Client, credentials } from "@grpc/grpc-js";
import { connect, type Gateway, hash, signers } from "@hyperledger/fabric-gateway";
import { ClassicLevel } from "classic-level";
import { tipKey } from "../src/store/layout.ts";
import { serverOptions } from "../src/wire/limits.ts";
import {
  type EmbeddedConfig,
  type EmbeddedLedger,
  parseConfig,
  silentLogger,
  startEmbeddedLedger,
} from "../src/index.ts";

export const channel = "comity";
export const chaincodeName = "test";

export interface FixtureOptions {
  readonly members?: number;
  readonly quorum?: number;
  /** A second chaincode of this name, the same program in processes of its own. */
  readonly otherChaincode?: { readonly name: string; readonly collections?: readonly object[] };
  /** Added to the ledger's configuration. */
  readonly config?: Readonly<Record<string, unknown>>;
}

export interface Member {
  readonly mspId: string;
  readonly authority: Authority;
  readonly tlsAuthority: TlsAuthority;
  readonly folder: string;
  readonly chaincodePort: number;
  readonly otherChaincodePort: number;
  otherChaincode: ChildProcess | undefined;
  chaincode: ChildProcess | undefined;
}

export interface ClientIdentity {
  readonly mspId: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** Four members with their own authorities and chaincode processes, and one ledger, in this process or its own. */
export class Fixture {
  readonly folder: string;
  readonly members: readonly Member[];
  /** What the next start of the ledger is configured with. */
  rawConfig: Readonly<Record<string, unknown>>;
  ledger: EmbeddedLedger | undefined;
  ledgerProcess: ChildProcess | undefined;
  ports: ReadonlyMap<string, number> = new Map();
  /** Added to the ledger's clock. */
  skewMs = 0;
  readonly #open: { close(): void }[] = [];

  private constructor(
    folder: string,
    members: readonly Member[],
    rawConfig: Readonly<Record<string, unknown>>,
  ) {
    this.folder = folder;
    this.members = members;
    this.rawConfig = rawConfig;
  }

  static async create(options: FixtureOptions = {}): Promise<Fixture> {
    const folder = await mkdtemp(join(tmpdir(), "comity-embedded-"));
    const members = await Promise.all(
      Array.from({ length: options.members ?? 4 }, (_, i) => newMember(folder, i + 1)),
    );
    const rawConfig = {
      channel,
      chaincodeName,
      dataDir: join(folder, "data"),
      mode: "evaluation",
      quorum: options.quorum ?? 3,
      blockMs: 5,
      executeTimeoutMs: 20_000, // only tests of time-outs should see one, however busy the machine is
      endorsementTimeoutMs: 30_000,
      gateways: members.map(gatewayConfig),
      members: members.map(memberConfig),
      otherChaincodes: otherChaincodes(members, options),
      ...options.config,
    };
    const fixture = new Fixture(folder, members, rawConfig);
    await Promise.all(members.map((member) => fixture.startChaincode(member)));
    if (options.otherChaincode !== undefined) {
      for (const member of members)
        member.otherChaincode = await spawnChaincode(member, member.otherChaincodePort);
    }
    return fixture;
  }

  get config(): EmbeddedConfig {
    return parseConfig(this.rawConfig);
  }

  async startLedger(): Promise<EmbeddedLedger> {
    const ledger = await startEmbeddedLedger(this.config, {
      now: () => Date.now() + this.skewMs,
      log: silentLogger,
      onFatal: (error) => {
        throw error;
      },
    });
    this.ledger = ledger;
    this.ports = new Map(ledger.gateways.map(({ mspId, port }) => [mspId, port]));
    return ledger;
  }

  /** As its own process; the event that it printed. */
  async spawnLedger(): Promise<{ height: number }> {
    for (const opened of this.#open.splice(0)) opened.close();
    const file = join(this.folder, "config.json");
    await writeFile(file, JSON.stringify(this.rawConfig));
    const child = spawn(process.execPath, [script("../src/main.js"), file], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    this.ledgerProcess = child;
    const ready = JSON.parse(await firstLine(child)) as {
      gateways: { mspId: string; port: number }[];
      height: number;
    };
    this.ports = new Map(ready.gateways.map(({ mspId, port }) => [mspId, port]));
    return ready;
  }

  async stopLedger(): Promise<void> {
    for (const opened of this.#open.splice(0)) opened.close();
    await this.ledger?.stop();
    this.ledger = undefined;
    await end(this.ledgerProcess, "SIGTERM");
    this.ledgerProcess = undefined;
  }

  /** Its clients stay open until it is started again: closing them under calls can leave a call without an end. */
  async killLedger(): Promise<void> {
    await end(this.ledgerProcess, "SIGKILL");
    this.ledgerProcess = undefined;
  }

  /** Overwrites what the store says of its last block. */
  async damageTip(): Promise<void> {
    await this.changeStore(async (db) => {
      const tip = await db.get(tipKey);
      if (tip === undefined) throw new Error("the ledger is empty");
      tip[tip.length - 1]! ^= 1;
      await db.put(tipKey, tip);
    });
  }

  /** While no ledger has it open. */
  async changeStore(change: (db: ClassicLevel<Buffer, Buffer>) => Promise<void>): Promise<void> {
    const db = new ClassicLevel<Buffer, Buffer>(join(this.folder, "data", "ledger"), {
      keyEncoding: "buffer",
      valueEncoding: "buffer",
    });
    await change(db);
    await db.close();
  }

  async startChaincode(member: Member): Promise<void> {
    member.chaincode = await spawnChaincode(member, member.chaincodePort);
  }

  async killChaincode(member: Member): Promise<void> {
    await end(member.chaincode, "SIGKILL");
    member.chaincode = undefined;
  }

  member(number: number): Member {
    const member = this.members[number - 1];
    if (member === undefined) throw new Error(`no member ${number}`);
    return member;
  }

  async client(number: number, attributes: Record<string, string> = {}): Promise<ClientIdentity> {
    const { authority, mspId } = this.member(number);
    return identityOf(mspId, await authority.issue({ commonName: "client", ou: "client", attributes }));
  }

  /** The unmodified client, connected to a member's gateway. */
  connect(number: number, identity: ClientIdentity): Gateway {
    return this.#connect(number, identity, hash.sha256);
  }

  connectEd25519(number: number, identity: ClientIdentity): Gateway {
    return this.#connect(number, identity, hash.none);
  }

  #connect(number: number, identity: ClientIdentity, hashed: typeof hash.none): Gateway {
    const gateway = connect({
      client: this.channel(number),
      identity: { mspId: identity.mspId, credentials: Buffer.from(identity.certificatePem) },
      signer: signers.newPrivateKeySigner(createPrivateKey(identity.privateKeyPem)),
      hash: hashed,
      ...deadlines,
    });
    this.#open.push(gateway);
    return gateway;
  }

  /** A plain gRPC client of a member's gateway. */
  channel(number: number): Client {
    const { tlsAuthority, mspId } = this.member(number);
    const root = Buffer.from(tlsAuthority.rootCertificatePem);
    const address = `127.0.0.1:${this.ports.get(mspId) ?? 0}`;
    const client = new Client(address, credentials.createSsl(root), serverOptions);
    this.#open.push(client);
    return client;
  }

  async destroy(): Promise<void> {
    await this.stopLedger();
    await Promise.all(this.members.map((member) => this.killChaincode(member)));
    await Promise.all(this.members.map((member) => end(member.otherChaincode, "SIGKILL")));
    await rm(this.folder, { recursive: true });
  }
}

const within = (timeoutMs: number) => () => ({ deadline: Date.now() + timeoutMs });

/** A call that hangs fails its test with a reason. */
const deadlines = {
  evaluateOptions: within(8_000),
  endorseOptions: within(8_000),
  submitOptions: within(8_000),
  commitStatusOptions: within(8_000),
};

export function identityOf(mspId: string, issued: IssuedCertificate): ClientIdentity {
  return { mspId, certificatePem: issued.certificatePem, privateKeyPem: issued.privateKeyPem ?? "" };
}

async function newMember(folder: string, number: number): Promise<Member> {
  const mspId = `Member${number}MSP`;
  const home = join(folder, mspId);
  await mkdir(home);
  const options = { mspId, organisation: `Member ${number}`, now: () => Date.now() };
  const authority = await createAuthority(options);
  const tlsAuthority = await createTlsAuthority(options);
  await writeFile(join(home, "root.pem"), authority.rootCertificatePem);
  await writeFile(join(home, "tls-root.pem"), tlsAuthority.rootCertificatePem);
  const here = { dns: ["localhost"], ips: ["127.0.0.1"] };
  await save(home, "peer", await authority.issue({ commonName: "peer", ou: "peer" }));
  await save(home, "tls", await tlsAuthority.issue({ commonName: "node", ...here }));
  return {
    mspId,
    authority,
    tlsAuthority,
    folder: home,
    chaincodePort: await freePort(),
    otherChaincodePort: await freePort(),
    chaincode: undefined,
    otherChaincode: undefined,
  };
}

async function save(folder: string, name: string, issued: IssuedCertificate): Promise<void> {
  await writeFile(join(folder, `${name}-cert.pem`), issued.certificatePem);
  await writeFile(join(folder, `${name}-key.pem`), issued.privateKeyPem ?? "", { mode: 0o600 });
}

function gatewayConfig({ mspId, folder }: Member): object {
  return {
    mspId,
    host: "127.0.0.1",
    port: 0,
    tlsCertificateFile: join(folder, "tls-cert.pem"),
    tlsKeyFile: join(folder, "tls-key.pem"),
  };
}

function memberConfig(member: Member): object {
  const { mspId, folder, chaincodePort } = member;
  return {
    mspId,
    rootCertificateFile: join(folder, "root.pem"),
    signingCertificateFile: join(folder, "peer-cert.pem"),
    signingKeyFile: join(folder, "peer-key.pem"),
    chaincode: processConfig(member, chaincodePort),
  };
}

function processConfig({ folder }: Member, port: number): object {
  return {
    host: "127.0.0.1",
    port,
    tlsRootFile: join(folder, "tls-root.pem"),
    clientCertificateFile: join(folder, "tls-cert.pem"),
    clientKeyFile: join(folder, "tls-key.pem"),
  };
}

function otherChaincodes(members: readonly Member[], { otherChaincode }: FixtureOptions): object[] {
  if (otherChaincode === undefined) return [];
  const processes = members.map((member) => ({
    mspId: member.mspId,
    ...processConfig(member, member.otherChaincodePort),
  }));
  return [{ ...otherChaincode, processes }];
}

async function spawnChaincode(member: Member, port: number): Promise<ChildProcess> {
  const settings = {
    address: `127.0.0.1:${port}`,
    certificateFile: join(member.folder, "tls-cert.pem"),
    keyFile: join(member.folder, "tls-key.pem"),
    clientRootFile: join(member.folder, "tls-root.pem"),
  };
  const flags = ["--max-semi-space-size=2", "--max-old-space-size=128"];
  const child = spawn(process.execPath, [...flags, script("chaincodeProcess.js"), JSON.stringify(settings)], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, CORE_PEER_LOCALMSPID: member.mspId, CORE_CHAINCODE_LOGGING_LEVEL: "error" },
  });
  await firstLine(child);
  return child;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

function script(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}

/** Goes on draining the output afterwards: a full pipe would stop the child. */
async function firstLine(child: ChildProcess): Promise<string> {
  const line = Promise.withResolvers<string>();
  let text = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    text = text.includes("\n") ? text : text + chunk.toString();
    if (text.includes("\n")) line.resolve(text.slice(0, text.indexOf("\n")));
  });
  child.once("exit", () => line.reject(new Error("the child ended before it was ready")));
  return line.promise;
}

async function end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill(signal);
  await exited;
}
