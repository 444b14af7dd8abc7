import { readFileSync } from "node:fs";
import type { KeyPairFiles } from "@comity/fabric";
import type { LedgerClient } from "@comity/ledger";
import { CliError } from "../cliError.ts";
import type { ProcessEvent } from "./child.ts";
import type { Coalition, CoalitionDeps, CoalitionOptions, EventListener } from "./coalition.ts";
import type { Layout } from "./layout.ts";
import { connectAs, connectAsSurety, connectThrough } from "./ledgerAccess.ts";
import type { LedgerEngine, Upkeep } from "./ledgerEngine.ts";
import { memberOf, type Network, suretyOf } from "./networkFile.ts";
import { consoleUrl, endorsersOf, gatewayProcess, nodeProcess, writeSuretyAccess } from "./processes.ts";
import type { ProcessSpec } from "./processSpec.ts";
import { areReady, endorses, foundNetwork, until } from "./readiness.ts";
import { type ProcessState, Supervisor } from "./supervisor.ts";

/** Each member is two processes more for the same machine. */
const readyTimeoutMsPerMember = 45_000;

export interface CoalitionParts {
  readonly layout: Layout;
  readonly network: Network;
  readonly isNew: boolean;
  readonly engine: LedgerEngine;
  readonly release: () => void;
}

/** Its processes run here, under one supervisor. */
export class LocalCoalition implements Coalition {
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
    { layout, network, isNew, engine, release }: CoalitionParts,
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
    const askAll = () => areReady(waiting, this.#closing.signal);
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
    void this.#engine.watch?.(this, {
      signal: this.#closing.signal,
      onStuck: (process) => this.#tell(process, { event: "process-stuck" }),
    });
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
