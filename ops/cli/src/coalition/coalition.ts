import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { LedgerClient } from "@comity/ledger";
import type { Clock, FigureName } from "@comity/protocol";
import { CliError } from "../cliError.ts";
import type { ProcessEvent, ProcessSpec } from "./child.ts";
import { createNetwork } from "./createNetwork.ts";
import { type KeyPairFiles, Layout } from "./layout.ts";
import { connectAs, connectAsSurety } from "./ledgerAccess.ts";
import { takeLock } from "./lock.ts";
import { memberOf, type Network, readNetwork, suretyOf } from "./networkFile.ts";
import {
  chaincodeProcess,
  consoleUrl,
  gatewayProcess,
  ledgerProcess,
  nodeProcess,
  writeSuretyAccess,
} from "./processes.ts";
import { foundNetwork, isReady, until } from "./readiness.ts";
import { type ProcessState, Supervisor } from "./supervisor.ts";

export interface CoalitionOptions {
  readonly dataDir: string;
  /** 4 unless given; a coalition that is there already keeps its size. */
  readonly members?: number;
  /** Of a new network. The story's unless given. */
  readonly clock?: Omit<Clock, "originMs">;
  /** Of a new network: other values than the rulebook's own, by figure. */
  readonly rulebook?: Partial<Record<FigureName, string>>;
  readonly readyTimeoutMs?: number;
}

export type EventListener = (process: string, event: ProcessEvent) => void;

export interface CoalitionDeps {
  /** Told of everything that happens, in the processes and around them. */
  readonly onEvent: EventListener;
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** A running coalition. Processes are `ledger`, `gateway`, and `chaincode-xa`, `node-xa` for each member. */
export interface Coalition {
  readonly layout: Layout;
  readonly network: Network;
  /** False when an earlier start made it. */
  readonly isNew: boolean;
  readonly gatewayUrl: string;
  consoleUrl(memberId: string): string;
  /** A client with an identity of this member: one that came with the coalition, or files. Closed by `stop`. */
  ledger(memberId: string, identity: "officer" | "node" | "gateway" | KeyPairFiles): LedgerClient;
  /** A client with a surety's identity. Closed by `stop`. */
  suretyLedger(suretyId: string): LedgerClient;
  processes(): ProcessState[];
  /** Also told of everything that happens from now on. */
  listen(listener: EventListener): void;
  /** One more process under the same supervision. */
  start(spec: ProcessSpec): void;
  kill(process: string): Promise<void>;
  stop(process: string): Promise<void>;
  restart(process: string): Promise<void>;
  signal(process: string, signal: NodeJS.Signals): void;
  /** Resolves once the ledger holds the genesis record. */
  founded(): Promise<void>;
  /** Resolves once all nodes and the gateway answer that they are ready. */
  ready(): Promise<void>;
  /** Ends every process. May be called at any time, and twice. */
  close(): Promise<void>;
}

/** A day a second, for five minutes with four members: a venue's thirty days to respond pass while one watches. More members need longer. */
export function storyClock(members: number): Omit<Clock, "originMs"> {
  return { scale: 86_400, scaledMs: members * 75_000, bucketMs: 300_000 };
}

/** Each member is two processes more for the same machine. */
const readyTimeoutMsPerMember = 45_000;

/** Makes or reopens a coalition and starts its processes; `ready` waits for them. */
export async function startCoalition(options: CoalitionOptions, deps: CoalitionDeps): Promise<Coalition> {
  const layout = new Layout(resolve(options.dataDir));
  const isNew = !existsSync(layout.networkFile);
  if (isNew) {
    const { members = 4, clock = storyClock(members), rulebook } = options;
    await createNetwork(layout, { members, clock, rulebook }, deps.now);
  }
  const network = readNetwork(layout);
  refuseOtherSize(options, network);
  const release = takeLock(layout);
  deps.onEvent("comity", { event: isNew ? "network-created" : "network-reopened", genesis: network.genesis });
  return new LocalCoalition({ layout, network, isNew, release }, options, deps);
}

interface Parts {
  readonly layout: Layout;
  readonly network: Network;
  readonly isNew: boolean;
  readonly release: () => void;
}

class LocalCoalition implements Coalition {
  readonly layout: Layout;
  readonly network: Network;
  readonly isNew: boolean;
  readonly #options: CoalitionOptions;
  readonly #deps: CoalitionDeps;
  readonly #supervisor: Supervisor;
  readonly #release: () => void;
  readonly #closing = new AbortController();
  readonly #clients = new Map<string, LedgerClient>();
  readonly #listeners: EventListener[];
  readonly #started: Promise<void>;

  constructor({ layout, network, isNew, release }: Parts, options: CoalitionOptions, deps: CoalitionDeps) {
    this.layout = layout;
    this.network = network;
    this.isNew = isNew;
    this.#options = options;
    this.#deps = deps;
    this.#release = release;
    this.#listeners = [deps.onEvent];
    this.#supervisor = new Supervisor({ ...deps, onEvent: (process, event) => this.#tell(process, event) });
    this.#started = this.#startAll();
    this.#started.catch(() => undefined); // whoever waits for `ready` hears it
  }

  get gatewayUrl(): string {
    return consoleUrl(this.network.gatewayPort);
  }

  consoleUrl(memberId: string): string {
    return consoleUrl(memberOf(this.network, memberId).ports.console);
  }

  ledger(memberId: string, identity: "officer" | "node" | "gateway" | KeyPairFiles): LedgerClient {
    const member = memberOf(this.network, memberId);
    const files = typeof identity === "string" ? this.layout.keyPair(memberId, identity) : identity;
    return this.#client(files.certificateFile, () => connectAs(this.layout, this.network, member, files));
  }

  suretyLedger(suretyId: string): LedgerClient {
    const surety = suretyOf(this.network, suretyId);
    return this.#client(suretyId, () => connectAsSurety(this.layout, this.network, surety));
  }

  listen(listener: EventListener): void {
    this.#listeners.push(listener);
  }

  processes(): ProcessState[] {
    return this.#supervisor.states();
  }

  start(spec: ProcessSpec): void {
    this.#supervisor.start(spec);
  }

  kill(process: string): Promise<void> {
    return this.#supervisor.kill(process);
  }

  stop(process: string): Promise<void> {
    return this.#supervisor.stop(process);
  }

  restart(process: string): Promise<void> {
    return this.#supervisor.restart(process);
  }

  signal(process: string, signal: NodeJS.Signals): void {
    this.#supervisor.signal(process, signal);
  }

  founded(): Promise<void> {
    return this.#started;
  }

  async ready(): Promise<void> {
    await this.#started;
    const consoles = this.network.members.map(({ memberId }) => this.consoleUrl(memberId));
    const urls = [...consoles, this.gatewayUrl];
    const waiting = new Set(urls);
    const { signal } = this.#closing;
    const askAll = async (): Promise<true | undefined> => {
      const answers = await Promise.all(
        [...waiting].map(async (url) => ({ url, ready: await isReady(url, signal) })),
      );
      for (const { url, ready } of answers) if (ready) waiting.delete(url);
      return waiting.size === 0 ? true : undefined;
    };
    await this.#until(askAll, `not all processes are ready; their logs are in ${this.layout.logFile("…")}`);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    for (const client of this.#clients.values()) client.close();
    await this.#supervisor.stopAll();
    this.#release();
  }

  /** All at once: nodes and gateway take seconds to load, and wait for the ledger's register by themselves. */
  async #startAll(): Promise<void> {
    const { layout, network } = this;
    this.start(ledgerProcess(layout, network));
    for (const member of network.members) this.start(chaincodeProcess(layout, network, member));
    for (const member of network.members) this.start(nodeProcess(layout, network, member));
    this.start(gatewayProcess(layout, network));
    for (const surety of network.sureties) writeSuretyAccess(layout, network, surety);
    const [founder] = network.members;
    if (founder === undefined) throw new TypeError("a coalition has members");
    const officer = this.ledger(founder.memberId, "officer");
    const genesis = readFileSync(layout.genesisFile, "utf8");
    await this.#until(
      () => foundNetwork(officer, genesis),
      `the ledger takes no transaction; its log is ${layout.logFile("ledger")}`,
    );
    this.#tell("comity", { event: "ledger-founded", genesis: network.genesis });
  }

  #client(name: string, connect: () => LedgerClient): LedgerClient {
    const client = this.#clients.get(name) ?? connect();
    this.#clients.set(name, client);
    return client;
  }

  #tell(process: string, event: ProcessEvent): void {
    for (const listener of this.#listeners) listener(process, event);
  }

  #until<T>(attempt: () => Promise<T | undefined>, what: string): Promise<T> {
    const timeoutMs = this.#options.readyTimeoutMs ?? this.network.members.length * readyTimeoutMsPerMember;
    return until(attempt, { what, timeoutMs, signal: this.#closing.signal }, this.#deps);
  }
}

function refuseOtherSize({ members, dataDir }: CoalitionOptions, network: Network): void {
  if (members === undefined || members === network.members.length) return;
  throw new CliError(
    "DATA_DIR_OTHER_SIZE",
    `The coalition in ${dataDir} has ${network.members.length} members. Leave --members out, or choose another --data-dir.`,
  );
}
