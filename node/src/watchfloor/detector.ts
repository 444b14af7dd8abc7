import {
  alertStatement,
  type AlertStatement,
  declaredIntervals,
  figure,
  type Genesis,
  type Interval,
  parseLogOrigin,
  readCheckpoint,
  ruleFires,
  toHex,
} from "@comity/protocol";
import type { RealClock } from "../clock.ts";
import type { PartLog } from "../telemetry/log.ts";
import type { Startable } from "../lifecycle.ts";
import { ringDistance } from "../gossip/ringChoice.ts";
import type { Appraiser, NodeEvent } from "../signing/ports.ts";
import { isTooOld } from "./appraiser.ts";
import type { CheckpointArchive } from "./checkpointArchive.ts";
import { hostCheck, type HostCheckDeps } from "./hostCheck.ts";
import { LogTally, type WindowTally } from "./logTally.ts";
import type { WatchedHead, WatchedLogs, WatchfloorLedger } from "./ports.ts";

export interface DetectorOptions {
  readonly ownIndex: number;
  readonly scanMs: number;
  /** A mirror waits so long per step in the ring after the owner, which is to propose first. */
  readonly staggerMs: number;
  /** So long after a proposal that came to nothing the next one; doubled each time, up to `longestPauseMs`. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** As long as honest members may need to appraise a proposal: so long one keeps us from our own that we do not expect to be signed. */
  readonly deferenceMs: number;
}

/** The part of co-signing that the detector uses. */
export interface Proposals {
  propose(statement: AlertStatement): Promise<string>;
  status(): readonly {
    readonly subject: AlertStatement["subject"];
    readonly window: AlertStatement["window"];
    readonly ledger: AlertStatement["ledger"];
    /** Member indices. */
    readonly signed: readonly number[];
    readonly refused: readonly unknown[];
  }[];
}

export interface DetectorDeps {
  readonly genesis: Genesis;
  readonly logs: WatchedLogs;
  readonly ledger: WatchfloorLedger;
  readonly proposals: Proposals;
  readonly appraiser: Appraiser;
  readonly archive: CheckpointArchive;
  readonly verify: HostCheckDeps["verify"];
  readonly clock: RealClock;
  readonly log: PartLog;
  readonly emit: (event: NodeEvent) => void;
}

const ENTRIES_PER_READ = 512;

type OpenProposal = ReturnType<Proposals["status"]>[number];

interface DeclaredTally {
  readonly declared: readonly Interval[];
  readonly tally: LogTally;
}

interface Suspicion {
  /** How much later than the owner of the log we speak up. */
  readonly turnMs: number;
  pauses: number;
  notBeforeMs: number;
  /** Since when others' proposals have kept us from our own. */
  deferringSinceMs: number | undefined;
}

/**
 * The first detector: work done so far, plus its rate over the horizon, above the reporting threshold, where no notice declared
 * the work. It runs over every log that this node holds. It only suggests: a statement is proposed if our own appraisal would sign it.
 */
export class Detector implements Startable {
  readonly #options: DetectorOptions;
  readonly #deps: DetectorDeps;
  readonly #tallies = new Map<string, DeclaredTally>();
  readonly #suspicions = new Map<string, Suspicion>();
  readonly #stopping = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(options: DetectorOptions, deps: DetectorDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  start(): Promise<void> {
    this.#loop = this.#run();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      for (const origin of this.#ownFirst()) {
        await this.#watch(origin).catch((error: unknown) => {
          if (!signal.aborted) this.#deps.log.warn("log not watched", { origin, error: String(error) });
        });
      }
      await this.#deps.clock.sleep(this.#options.scanMs, signal).catch(() => undefined);
    }
  }

  #ownFirst(): string[] {
    const heads = [...this.#deps.logs.list()];
    return heads.sort((a, b) => Number(b.own) - Number(a.own)).map(({ origin }) => origin);
  }

  async #watch(origin: string): Promise<void> {
    const head = this.#deps.logs.head(origin);
    if (head?.checkpoint === undefined) return;
    const tally = this.#tallyOf(origin);
    const { size } = readCheckpoint(head.checkpoint);
    await this.#scan(origin, tally, size);
    // What was scanned must be just what the note covers, or the range would not be in its tree.
    if (tally.scanned !== size) return;
    for (const window of tally.windows()) await this.#consider(head, head.checkpoint, window);
  }

  /** A notice that comes or changes, or a host that is enrolled after its evidence came, makes the log be added up anew. */
  #tallyOf(origin: string): LogTally {
    const { ledger, genesis } = this.#deps;
    const revisions = ledger.noticeRevisionsAt(ledger.height());
    const declared = declaredIntervals(revisions, parseLogOrigin(origin).siteId);
    const known = this.#tallies.get(origin);
    const isStale =
      known && [...known.tally.unknownHosts].some((hostId) => ledger.host(hostId) !== undefined);
    if (known && !isStale && isSameTime(known.declared, declared)) return known.tally;
    const tally = new LogTally(genesis, { declared, check: hostCheck(origin, this.#deps) });
    this.#tallies.set(origin, { declared, tally });
    return tally;
  }

  async #scan(origin: string, tally: LogTally, size: number): Promise<void> {
    while (tally.scanned < size && !this.#stopping.signal.aborted) {
      const to = Math.min(size, tally.scanned + ENTRIES_PER_READ);
      for (const entry of await this.#deps.logs.entries(origin, tally.scanned, to)) tally.add(entry);
    }
  }

  async #consider(head: WatchedHead, note: string, found: WindowTally): Promise<void> {
    const { genesis, clock } = this.#deps;
    const { tally, window } = found;
    if (!ruleFires(genesis, tally.flopsLeast, tally.observed)) return;
    const statement = this.#statement(note, found);
    if (!statement) return;
    const key = `${head.origin} ${window.startMs}`;
    const suspicion = this.#suspicions.get(key) ?? this.#newSuspicion(key, head);
    if (!this.#isWorthSaying(statement, suspicion) || clock.now() < suspicion.notBeforeMs) return;
    this.#pause(suspicion);
    await this.#propose(statement, note, suspicion);
  }

  async #propose(statement: AlertStatement, note: string, suspicion: Suspicion): Promise<void> {
    const { signal } = this.#stopping;
    await this.#deps.archive.put(note);
    const appraisal = await this.#deps.appraiser.appraise(statement, this.#options.ownIndex, signal);
    const fields = { subject: statement.subject, window: statement.window };
    if (appraisal.decision === "refuse") {
      this.#deps.log.warn("suspicion not proposed", { ...fields, reason: appraisal.reason });
    } else if (this.#isWorthSaying(statement, suspicion)) {
      this.#deps.emit({ event: "rule-fired", ...fields, flopAtLeast: statement.flopAtLeast });
      suspicion.deferringSinceMs = undefined;
      await this.#deps.proposals.propose(statement);
    }
  }

  #statement(note: string, { window, from, to, tally }: WindowTally): AlertStatement | undefined {
    const { origin, size, root } = readCheckpoint(note);
    const { operatorId, siteId } = parseLogOrigin(origin);
    const height = this.#deps.ledger.height();
    const blockHash = this.#deps.ledger.blockHash(height);
    if (blockHash === undefined) return undefined;
    const parts = {
      subject: { operatorId, siteId },
      window,
      log: { origin, size, root: toHex(root) },
      entries: { from, to },
      ledger: { height: Number(height), blockHash },
    };
    return alertStatement(this.#deps.genesis, parts, tally);
  }

  /** The ledger does not say it already, or much less, and nothing that is proposed will. */
  #isWorthSaying(statement: AlertStatement, suspicion: Suspicion): boolean {
    const { ledger, proposals } = this.#deps;
    const open = proposals.status().filter((proposal) => isOfOneSlot(proposal, statement));
    const isNews = ledger.alerts().every((alert) => this.#mayReplace(statement, alert.statement));
    if (!isNews) {
      suspicion.deferringSinceMs = undefined;
      return false;
    }
    if (open.some((proposal) => this.#isPromising(proposal))) return false;
    return open.length === 0 || !this.#defers(suspicion);
  }

  /** We signed it, nobody found anything wrong with it, and who has not decided yet still can. */
  #isPromising({ signed, refused, ledger }: OpenProposal): boolean {
    const isUndisputed = signed.includes(this.#options.ownIndex) && refused.length === 0;
    return isUndisputed && !isTooOld(BigInt(ledger.height), this.#deps.ledger, this.#deps.clock.now());
  }

  /**
   * Any other proposal keeps us from our own only for a while. A member could bury an alert under false ones, and under true ones that it
   * proposes just when some of us may no longer sign them. Alerts have no slot: two that say the same do no harm.
   */
  #defers(suspicion: Suspicion): boolean {
    const now = this.#deps.clock.now();
    suspicion.deferringSinceMs ??= now;
    return now < suspicion.deferringSinceMs + this.#options.deferenceMs + suspicion.turnMs;
  }

  #mayReplace(statement: AlertStatement, filed: AlertStatement): boolean {
    if (!isOfOneSlot(filed, statement)) return true;
    const leastBasisPoints = figure(this.#deps.genesis, "alertReplacementBasisPoints");
    return BigInt(statement.flopAtLeast) * 10_000n >= BigInt(filed.flopAtLeast) * leastBasisPoints;
  }

  #newSuspicion(key: string, head: WatchedHead): Suspicion {
    const now = this.#deps.clock.now();
    const memberCount = this.#deps.genesis.members.length;
    const turn = ringDistance(head.ownerIndex, this.#options.ownIndex, memberCount);
    const turnMs = turn * this.#options.staggerMs;
    const suspicion = { turnMs, pauses: 0, notBeforeMs: now + turnMs, deferringSinceMs: undefined };
    this.#suspicions.set(key, suspicion);
    return suspicion;
  }

  #pause(suspicion: Suspicion): void {
    const { firstPauseMs, longestPauseMs } = this.#options;
    const pauseMs = Math.min(firstPauseMs * 2 ** Math.min(suspicion.pauses, 10), longestPauseMs);
    suspicion.notBeforeMs = this.#deps.clock.now() + pauseMs;
    suspicion.pauses += 1;
  }
}

function isSameTime(a: readonly Interval[], b: readonly Interval[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ startMs, endMs }, i) => b[i]?.startMs === startMs && b[i].endMs === endMs)
  );
}

type Slot = Pick<AlertStatement, "subject" | "window">;

function isOfOneSlot(a: Slot, b: Slot): boolean {
  return (
    a.subject.operatorId === b.subject.operatorId &&
    a.subject.siteId === b.subject.siteId &&
    a.window.startMs === b.window.startMs
  );
}
