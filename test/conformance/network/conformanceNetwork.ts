import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import {
  createNetwork,
  Layout,
  loopback,
  type Network,
  type NetworkMember,
  readNetwork,
  Supervisor,
  until,
} from "@comity/cli";
import { type ChaincodePackage, loadAuthority, packageProgram, type IssueRequest } from "@comity/fabric";
import { Client, credentials } from "@grpc/grpc-js";
import { Caller, type Identity } from "./caller.ts";
import { embeddedEngine } from "./embeddedEngine.ts";
import type { Engine } from "./engine.ts";
import { fabricEngine } from "./fabricEngine.ts";
import { probe, second } from "./names.ts";
import { probeServer, program } from "./probeServer.ts";

const clock = { scale: 1, scaledMs: 0, bucketMs: 300_000 };

/** Four members on either ledger, each with its own chaincode server. */
export class ConformanceNetwork {
  readonly layout: Layout;
  readonly network: Network;
  readonly engine: Engine;
  readonly #supervisor: Supervisor;
  readonly #closing = new AbortController();
  readonly #clients = new Map<string, Client>();

  private constructor(layout: Layout, network: Network, engine: Engine) {
    this.layout = layout;
    this.network = network;
    this.engine = engine;
    const sleep = (ms: number, signal: AbortSignal): Promise<void> => pause(ms, undefined, { signal });
    this.#supervisor = new Supervisor({ onEvent: () => undefined, now: Date.now, sleep });
  }

  static async start(ledger: "embedded" | "fabric"): Promise<ConformanceNetwork> {
    const layout = new Layout(mkdtempSync(join(tmpdir(), "comity-conformance-")));
    await createNetwork(layout, { members: 4, clock, ledger }, Date.now);
    const network = readNetwork(layout);
    const release = { version: 1, genesis: network.genesis };
    const packages = await Promise.all([probe, second].map((name) => packageProgram(program, release, name)));
    const make = ledger === "fabric" ? fabricEngine : embeddedEngine;
    const started = new ConformanceNetwork(layout, network, await make(layout, network, packages));
    try {
      await started.#begin(packages);
      return started;
    } catch (error) {
      await started.close();
      throw error;
    }
  }

  async #begin(packages: readonly ChaincodePackage[]): Promise<void> {
    for (const spec of this.engine.processes) this.#supervisor.start(spec);
    for (const member of this.network.members)
      this.#supervisor.start(probeServer(this.layout, member, packages));
    await this.engine.prepare(this.#closing.signal);
    await this.ready();
  }

  /** Resolves once every member's gateway finds enough endorsers. */
  async ready(): Promise<void> {
    for (const { memberId } of this.network.members) {
      const caller = this.caller(memberId);
      const isServed = async (): Promise<true | undefined> => {
        try {
          await caller.endorse([["put", "ready", ""]]);
          return true;
        } catch {
          return undefined;
        }
      };
      await this.until(`the gateway of ${memberId} endorses nothing`, isServed);
    }
  }

  until<T>(what: string, attempt: () => Promise<T | undefined>): Promise<T> {
    const { signal } = this.#closing;
    const sleep = (ms: number): Promise<void> => pause(ms, undefined, { signal });
    return until(attempt, { what, timeoutMs: 60_000, signal }, { now: Date.now, sleep });
  }

  member(memberId: string): NetworkMember {
    const found = this.network.members.find((member) => member.memberId === memberId);
    if (found === undefined) throw new RangeError(`there is no member ${memberId}`);
    return found;
  }

  async issue(memberId: string, request: IssueRequest): Promise<Identity> {
    const authority = await loadAuthority(this.layout.authority(memberId), Date.now);
    const { certificatePem, privateKeyPem = "" } = await authority.issue(request);
    return { mspId: authority.mspId, certificatePem, privateKeyPem };
  }

  /** An officer of the member's at its gateway, unless it is somebody else. */
  caller(memberId: string, identity?: Identity): Caller {
    const { certificateFile, keyFile } = this.layout.keyPair(memberId, "officer");
    const officer = { mspId: this.member(memberId).mspId, ...filesOf(certificateFile, keyFile) };
    return new Caller(this.#client(memberId), identity ?? officer);
  }

  surety(): Identity {
    const [surety] = this.network.sureties;
    if (surety === undefined) throw new RangeError("there is no surety");
    const { certificateFile, keyFile } = this.layout.suretyKeyPair(surety.suretyId);
    return { mspId: surety.mspId, ...filesOf(certificateFile, keyFile) };
  }

  /** The key with which the member's peer endorses. */
  peer(memberId: string): Identity {
    const { certificateFile, keyFile } = this.layout.keyPair(memberId, "peer");
    return { mspId: this.member(memberId).mspId, ...filesOf(certificateFile, keyFile) };
  }

  #client(memberId: string): Client {
    const address = `${loopback}:${this.member(memberId).ports.ledger}`;
    const root = readFileSync(this.layout.tlsRootCertificate(memberId));
    const client =
      this.#clients.get(memberId) ?? new Client(address, credentials.createSsl(root), clientOptions);
    this.#clients.set(memberId, client);
    return client;
  }

  kill(process: string): Promise<void> {
    return this.#supervisor.kill(process);
  }

  restart(process: string): Promise<void> {
    return this.#supervisor.restart(process);
  }

  signal(process: string, signal: NodeJS.Signals): void {
    this.#supervisor.signal(process, signal);
  }

  /** All of the ledger's own processes, at once. */
  async restartLedger(): Promise<void> {
    await Promise.all(this.engine.processes.map(({ name }) => this.#supervisor.restart(name)));
    await this.ready();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    for (const client of this.#clients.values()) client.close();
    await this.#supervisor.stopAll();
    rmSync(this.layout.root, { recursive: true, force: true });
  }
}

/** Fabric's limits, and quick about a gateway that comes back. */
const clientOptions = {
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 500,
};

function filesOf(certificateFile: string, keyFile: string): Omit<Identity, "mspId"> {
  return {
    certificatePem: readFileSync(certificateFile, "utf8"),
    privateKeyPem: readFileSync(keyFile, "utf8"),
  };
}
