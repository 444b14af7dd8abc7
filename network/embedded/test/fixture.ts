import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, credentials } from "@grpc/grpc-js";
import { type Gateway, hash } from "@hyperledger/fabric-gateway";
import { ClassicLevel } from "classic-level";
import {
  type EmbeddedConfig,
  type EmbeddedLedger,
  parseConfig,
  silentLogger,
  startEmbeddedLedger,
} from "../src/index.ts";
import { tipKey } from "../src/store/layout.ts";
import { serverOptions } from "../src/wire/limits.ts";
import { endProcess, firstLine, spawnChaincode, spawnLedger } from "./childProcess.ts";
import { type ClientIdentity, identityOf } from "./clientIdentity.ts";
import { connectGateway } from "./gatewayConnection.ts";
import { ledgerConfig, type LedgerOptions } from "./ledgerConfig.ts";
import { createMember, type Member } from "./member.ts";

export interface FixtureOptions extends LedgerOptions {
  readonly members?: number;
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
      Array.from({ length: options.members ?? 4 }, (_, i) => createMember(folder, i + 1)),
    );
    const rawConfig = ledgerConfig(folder, members, options);
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
    const child = spawnLedger(file);
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
    await endProcess(this.ledgerProcess, "SIGTERM");
    this.ledgerProcess = undefined;
  }

  /** Its clients stay open until it is started again: closing them under calls can leave a call without an end. */
  async killLedger(): Promise<void> {
    await endProcess(this.ledgerProcess, "SIGKILL");
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
    await endProcess(member.chaincode, "SIGKILL");
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
    const gateway = connectGateway(this.channel(number), identity, hashed);
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
    await Promise.all(this.members.map((member) => endProcess(member.otherChaincode, "SIGKILL")));
    await rm(this.folder, { recursive: true });
  }
}
