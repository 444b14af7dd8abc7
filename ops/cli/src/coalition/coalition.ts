import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { findBinaries, type KeyPairFiles, type SearchPath } from "@comity/fabric";
import type { LedgerClient } from "@comity/ledger";
import type { Clock, FigureName } from "@comity/protocol";
import { CliError } from "../cliError.ts";
import type { ProcessEvent } from "./child.ts";
import { createNetwork } from "./createNetwork.ts";
import { embeddedEngine } from "./embeddedEngine.ts";
import { fabricEngine } from "./fabric/fabricEngine.ts";
import { Layout } from "./layout.ts";
import { connectAs, connectAsSurety, connectThrough } from "./ledgerAccess.ts";
import type { LedgerEngine, Upkeep } from "./ledgerEngine.ts";
import { takeLock } from "./lock.ts";
import { settleLeave } from "./fabric/membershipDraft.ts";
import { type LedgerEngineName, memberOf, type Network, readNetwork, suretyOf } from "./networkFile.ts";
import {
  consoleUrl,
  endorsersOf,
  gatewayProcess,
  nodeProcess,
  programOf,
  writeSuretyAccess,
} from "./processes.ts";
import type { ProcessSpec } from "./processSpec.ts";
import { endorses, foundNetwork, isReady, until } from "./readiness.ts";
import { type ProcessState, Supervisor } from "./supervisor.ts";

export interface CoalitionOptions {
  readonly dataDir: string;
  /** 4 unless given; a coalition that is there already keeps its size. */
  readonly members?: number;
  /** Of a new network. The story's unless given. */
  readonly clock?: Omit<Clock, "originMs">;
  /** Of a new network: other values than the rulebook's own, by figure. */
  readonly rulebook?: Partial<Record<FigureName, string>>;
  /** `embedded` unless given; a coalition that is there already keeps its engine. */
  readonly ledger?: LedgerEngineName;
  /** The ledger alone: no nodes and no gateway. */
  readonly ledgerOnly?: boolean;
  readonly readyTimeoutMs?: number;
}

export type EventListener = (process: string, event: ProcessEvent) => void;

export interface CoalitionDeps {
  /** Told of everything that happens, in the processes and around them. */
  readonly onEvent: EventListener;
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Where the commands of a real network are. */
  readonly search?: SearchPath;
}

/** A running coalition. Processes are `gateway`, `chaincode-xa` and `node-xa` for each member, and `ledger`, or `orderer-xa` and `peer-xa`. */
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
  /** The members have changed: nodes and gateway follow. */
  adopt(network: Network): Promise<void>;
  signal(process: string, signal: NodeJS.Signals): void;
  /** Resolves once the ledger holds the genesis record. */
  founded(): Promise<void>;
  /** Resolves once all nodes and the gateway answer that they are ready. */
  ready(): Promise<void>;
  /** Of a real network; each takes the coalition itself for its processes. @throws CliError LEDGER_EMBEDDED on the embedded ledger */
  readonly upkeep: Upkeep;
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
    // Before anything is written: what is missing is missing.
    if (options.ledger === "fabric") await findBinaries(deps.search ?? {});
    const { members = 4, clock = storyClock(members), rulebook, ledger } = options;
    await createNetwork(layout, { members, clock, rulebook, ledger }, deps.now);
  }
  await settleLeave(layout);
  const network = readNetwork(layout);
  refuseOther(options, network);
  const release = takeLock(layout);
  try {
    const engine = await createEngine(layout, network, deps);
    deps.onEvent("comity", {
      event: isNew ? "network-created" : "network-reopened",
      genesis: network.genesis,
    });
    return new LocalCoalition({ layout, network, isNew, engine, release }, options, deps);
  } catch (error) {
    release();
    throw error;
  }
}

function createEngine(layout: Layout, network: Network, deps: CoalitionDeps): Promise<LedgerEngine> {
  const program = programOf("@comity/chaincode").script;
  if (network.ledger !== "fabric") return embeddedEngine(layout, network, program);
  return fabricEngine(layout, network, program, { ...deps, search: deps.search ?? {} });
}

interface Parts {
  readonly layout: Layout;
  readonly network: Network;
  readonly isNew: boolean;
  readonly engine: LedgerEngine;
  readonly release: () => void;
}

class LocalCoalition implements Coalition {
  readonly layout: Layout;
  network: Network;
  readonly isNew: boolean;
  readonly #options: CoalitionOptions;
  readonly #deps: CoalitionDeps;
  readonly #supervisor: Supervisor;
  readonly #engine: LedgerEngine;
  readonly #release: () => void;
  readonly #closing = new AbortController();
  readonly #clients = new Map<string, LedgerClient>();
  readonly #listeners: EventListener[];
  readonly #started: Promise<void>;

  constructor(
    { layout, network, isNew, engine, release }: Parts,
    options: CoalitionOptions,
    deps: CoalitionDeps,
  ) {
    this.layout = layout;
    this.network = network;
    this.isNew = isNew;
    this.#options = options;
    this.#deps = deps;
    this.#engine = engine;
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

  async adopt(network: Network): Promise<void> {
    const { layout, network: before } = this;
    this.network = network;
    for (const client of this.#clients.values()) client.endorseBy(endorsersOf(network));
    if (this.#options.ledgerOnly === true) return;
    const isIn = ({ members }: Network, memberId: string): boolean =>
      members.some((member) => member.memberId === memberId);
    for (const { memberId } of before.members)
      if (!isIn(network, memberId)) await this.stop(`node-${memberId}`);
    for (const member of network.members) {
      const spec = nodeProcess(layout, network, member);
      if (!isIn(before, member.memberId)) this.start(spec);
    }
    gatewayProcess(layout, network);
    await this.restart("gateway");
  }

  founded(): Promise<void> {
    return this.#started;
  }

  async ready(): Promise<void> {
    await this.#started;
    if (this.#options.ledgerOnly === true) return;
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

  get upkeep(): Upkeep {
    const { upkeep } = this.#engine;
    if (upkeep !== undefined) return upkeep;
    throw new CliError("LEDGER_EMBEDDED", "The embedded ledger has no network to keep up.");
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
    for (const spec of this.#engine.processes) this.start(spec);
    if (this.#options.ledgerOnly !== true) {
      for (const member of network.members) this.start(nodeProcess(layout, network, member));
      this.start(gatewayProcess(layout, network));
    }
    for (const surety of network.sureties) writeSuretyAccess(layout, network, surety);
    await this.#engine.prepare(this.#closing.signal);
    await this.#found();
    this.#tell("comity", {
      event: "ledger-founded",
      genesis: network.genesis,
      engine: network.ledger ?? "embedded",
    });
  }

  /** The genesis record through one member's gateway; then the others' must endorse, too. */
  async #found(): Promise<void> {
    const { layout, network } = this;
    const [founder] = network.members;
    if (founder === undefined) throw new TypeError("a coalition has members");
    const officer = this.ledger(founder.memberId, "officer");
    const genesis = readFileSync(layout.genesisFile, "utf8");
    const what = `the ledger takes no transaction; its logs are in ${layout.logFile("…")}`;
    await this.#until(() => foundNetwork(officer, genesis), what);
    await Promise.all(
      network.members.map(async (member) => {
        const files = layout.keyPair(member.memberId, "officer");
        const alone = connectThrough(layout, member, files);
        await this.#until(() => endorses(alone), what).finally(() => alone.close());
      }),
    );
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

function refuseOther({ members, ledger, dataDir }: CoalitionOptions, network: Network): void {
  const { length } = network.members;
  if (members !== undefined && members !== length) {
    throw new CliError(
      "DATA_DIR_OTHER_SIZE",
      `The coalition in ${dataDir} has ${length} members. Leave --members out, or choose another --data-dir.`,
    );
  }
  const engine = network.ledger ?? "embedded";
  if (ledger !== undefined && ledger !== engine) {
    throw new CliError(
      "DATA_DIR_OTHER_LEDGER",
      `The coalition in ${dataDir} has its ledger on ${engine}. Leave --ledger out, or choose another --data-dir.`,
    );
  }
}
