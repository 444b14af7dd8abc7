import { CliError } from "../cliError.ts";
import { Child, type Exit, type ProcessEvent } from "./child.ts";
import type { ProcessSpec } from "./processSpec.ts";

export interface SupervisorDeps {
  readonly onEvent: (process: string, event: ProcessEvent) => void;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly now: () => number;
}

export interface ProcessState {
  readonly name: string;
  readonly pid: number | undefined;
}

interface Supervised {
  readonly spec: ProcessSpec;
  child: Child | undefined;
  /** Ended on purpose: then its death is no news and nobody brings it back. */
  isWanted: boolean;
  /** How often it was asked to end: who waited for an earlier end has been overtaken. */
  ends: number;
  startedMs: number;
  deaths: number;
}

const stopGraceMs = 6_000;
const firstPauseMs = 250;
const longestPauseMs = 8_000;
const mostDeaths = 8;
/** Who has run this long starts counting deaths anew. */
const settledMs = 30_000;

/** Starts processes, brings back those that die by themselves, and stops them all in the reverse order. */
export class Supervisor {
  readonly #deps: SupervisorDeps;
  readonly #processes = new Map<string, Supervised>();
  readonly #stopping = new AbortController();

  constructor(deps: SupervisorDeps) {
    this.#deps = deps;
  }

  start(spec: ProcessSpec): void {
    const supervised = { spec, child: undefined, isWanted: true, ends: 0, startedMs: 0, deaths: 0 };
    this.#processes.set(spec.name, supervised);
    this.#spawn(supervised);
  }

  states(): ProcessState[] {
    return [...this.#processes.values()].map(({ spec, child }) => ({ name: spec.name, pid: child?.pid }));
  }

  signal(name: string, signal: NodeJS.Signals): void {
    this.#find(name).child?.signal(signal);
  }

  /** kill -9, without restart. */
  async kill(name: string): Promise<void> {
    const supervised = this.#end(name);
    supervised.child?.signal("SIGKILL");
    await supervised.child?.exited;
  }

  async stop(name: string, graceMs = stopGraceMs): Promise<void> {
    await this.#end(name).child?.end(graceMs);
  }

  /** Unless somebody ends it meanwhile, or restarts it as well. */
  async restart(name: string): Promise<void> {
    const ended = this.stop(name);
    const supervised = this.#find(name);
    const { ends } = supervised;
    await ended;
    if (supervised.ends !== ends) return;
    supervised.isWanted = true;
    supervised.deaths = 0;
    this.#spawn(supervised);
  }

  async stopAll(graceMs = stopGraceMs): Promise<void> {
    this.#stopping.abort();
    const all = [...this.#processes.values()].reverse();
    await Promise.all(all.map(({ spec }) => this.stop(spec.name, graceMs)));
  }

  #end(name: string): Supervised {
    const supervised = this.#find(name);
    supervised.isWanted = false;
    supervised.ends += 1;
    return supervised;
  }

  #find(name: string): Supervised {
    const found = this.#processes.get(name);
    if (found !== undefined) return found;
    const names = [...this.#processes.keys()].join(", ");
    throw new CliError("PROCESS_UNKNOWN", `There is no process "${name}"; there are ${names}.`);
  }

  #spawn(supervised: Supervised): void {
    if (this.#stopping.signal.aborted) return; // by work that was under way when all were stopped
    const { name } = supervised.spec;
    const child = new Child(supervised.spec, (event) => this.#deps.onEvent(name, event));
    supervised.child = child;
    supervised.startedMs = this.#deps.now();
    void child.exited.then((exit) => this.#onExit(supervised, child, exit));
  }

  async #onExit(supervised: Supervised, child: Child, exit: Exit): Promise<void> {
    if (supervised.child !== child) return;
    supervised.child = undefined;
    if (!supervised.isWanted) return;
    if (this.#deps.now() - supervised.startedMs > settledMs) supervised.deaths = 0;
    supervised.deaths += 1;
    const willRestart = supervised.deaths < mostDeaths;
    this.#deps.onEvent(supervised.spec.name, { event: "process-died", ...exit, willRestart });
    if (!willRestart) return;
    const pauseMs = Math.min(firstPauseMs * 2 ** (supervised.deaths - 1), longestPauseMs);
    await this.#deps.sleep(pauseMs, this.#stopping.signal).catch(() => undefined);
    if (this.#isStillDown(supervised)) this.#spawn(supervised);
  }

  #isStillDown({ isWanted, child }: Supervised): boolean {
    return isWanted && child === undefined && !this.#stopping.signal.aborted;
  }
}
