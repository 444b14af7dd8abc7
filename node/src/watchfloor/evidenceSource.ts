import {
  type AlertStatement,
  type Ed25519Verify,
  fromHex,
  type Genesis,
  leafHash,
  openCheckpoint,
  parseLogOrigin,
  toHex,
  verifyInclusion,
} from "@comity/protocol";
import type { EvidenceAnswer, ProvenEntry } from "../gossip/evidenceMessage.ts";
import { EvidenceError, fetchEvidence, provenEntries } from "../gossip/evidenceStream.ts";
import type { GossipNetwork } from "../gossip/network.ts";
import { ringAfter } from "../gossip/ringChoice.ts";
import type { CheckpointArchive } from "./checkpointArchive.ts";
import type { WatchedLogs } from "./ports.ts";

/** The entries that a statement names, page by page, all of them proved to be in the tree that it names. */
export type EvidencePages = AsyncIterable<readonly ProvenEntry[]>;

/** What was made of them, and that tree's signed note. */
export interface Gathered<T> {
  readonly checkpoint: string;
  readonly result: T;
}

export interface EvidenceSourceOptions {
  readonly ownIndex: number;
  /** Real time for one answer of a member. */
  readonly answerTimeoutMs: number;
  /** Real time for all of its answers: one that trickles must not keep us from asking the next. */
  readonly rangeTimeoutMs: number;
}

export interface EvidenceSourceDeps {
  readonly genesis: Genesis;
  readonly logs: WatchedLogs;
  readonly network: Pick<GossipNetwork, "request">;
  readonly archive: CheckpointArchive;
  readonly verify: Ed25519Verify;
}

type Named = Pick<AlertStatement, "log" | "entries">;

interface Asked<T> {
  readonly statement: Named;
  readonly note: string | undefined;
  readonly use: (pages: EvidencePages) => Promise<T>;
}

/** Brings what a statement names from the own logs and mirrors, else from other members, the given one first. */
export class EvidenceSource {
  readonly #options: EvidenceSourceOptions;
  readonly #deps: EvidenceSourceDeps;

  constructor(options: EvidenceSourceOptions, deps: EvidenceSourceDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /**
   * Hands the pages to `use`, and from their beginning again where a source fails on the way.
   * @throws EvidenceError EVIDENCE_ABSENT if nobody who answers has it, EVIDENCE_FORKED if the own copy of the log is another
   */
  async gather<T>(
    statement: Named,
    first: number,
    use: (pages: EvidencePages) => Promise<T>,
    signal: AbortSignal,
  ): Promise<Gathered<T>> {
    const isHeld = await this.#isHeld(statement);
    const note = await this.#heldNote(statement);
    if (isHeld && note !== undefined) {
      await this.#deps.archive.put(note);
      return { checkpoint: note, result: await use(this.#heldPages(statement, signal)) };
    }
    const others = ringAfter(this.#options.ownIndex, this.#deps.genesis.members.length);
    for (const member of new Set([first, ...others])) {
      if (member === this.#options.ownIndex) continue;
      signal.throwIfAborted();
      const gathered = await this.#ask(member, { statement, note, use }, signal).catch(() => undefined);
      if (!gathered) continue;
      await this.#deps.archive.put(gathered.checkpoint);
      return gathered;
    }
    throw new EvidenceError("EVIDENCE_ABSENT", "nobody who answers holds what the statement names");
  }

  async #isHeld({ log }: Named): Promise<boolean> {
    const head = this.#deps.logs.head(log.origin);
    if (!head || head.size < log.size || log.size === 0) return false;
    if ((await this.#deps.logs.rootAt(log.origin, log.size)) === log.root) return true;
    throw new EvidenceError("EVIDENCE_FORKED", "the log held here has another root at that size");
  }

  async #heldNote(statement: Named): Promise<string | undefined> {
    const { origin, size } = statement.log;
    const archived = await this.#deps.archive.get(origin, size);
    if (archived !== undefined && this.#isNoteOf(archived, statement)) return archived;
    const newest = this.#deps.logs.head(origin)?.checkpoint;
    return newest !== undefined && this.#isNoteOf(newest, statement) ? newest : undefined;
  }

  async *#heldPages({ log, entries }: Named, signal: AbortSignal): AsyncGenerator<ProvenEntry[]> {
    for (let { from } = entries; from < entries.to;) {
      signal.throwIfAborted();
      const request = { origin: log.origin, size: log.size, from, to: entries.to, withRecords: false };
      const page = await provenEntries(this.#deps.logs, request);
      if (page.length === 0)
        throw new EvidenceError("EVIDENCE_ABSENT", "the own log is shorter than its head says");
      yield page;
      from += page.length;
    }
  }

  /** @throws EvidenceError, StreamError */
  async #ask<T>(
    member: number,
    { statement, note, use }: Asked<T>,
    signal: AbortSignal,
  ): Promise<Gathered<T>> {
    const { log, entries } = statement;
    const { answerTimeoutMs, rangeTimeoutMs } = this.#options;
    const request = { origin: log.origin, size: log.size, ...entries, withRecords: false };
    const patience = {
      answerTimeoutMs,
      signal: AbortSignal.any([signal, AbortSignal.timeout(rangeTimeoutMs)]),
    };
    const answers = fetchEvidence(this.#deps.network, member, request, patience);
    const first = await answers.next();
    const checkpoint = note ?? (first.done === true ? "" : first.value.checkpoint);
    if (first.done === true || !this.#isNoteOf(checkpoint, statement))
      throw new EvidenceError("EVIDENCE_WITHHELD", `member ${member} sends no note of that tree`);
    return { checkpoint, result: await use(included(first.value, answers, log)) };
  }

  /** Whether the owner of the log signed just the tree that the statement names. */
  #isNoteOf(note: string, { log }: Named): boolean {
    try {
      const { memberId } = parseLogOrigin(log.origin);
      const owner = this.#deps.genesis.members.find((member) => member.memberId === memberId);
      if (!owner) return false;
      const head = openCheckpoint(note, log.origin, fromHex(owner.identityKey, 32), this.#deps.verify);
      return head.size === log.size && toHex(head.root) === log.root;
    } catch {
      return false;
    }
  }
}

async function* included(
  first: EvidenceAnswer,
  others: AsyncIterable<EvidenceAnswer>,
  log: AlertStatement["log"],
): AsyncGenerator<readonly ProvenEntry[]> {
  yield proved(first.entries, log);
  for await (const { entries } of others) yield proved(entries, log);
}

function proved(entries: readonly ProvenEntry[], log: AlertStatement["log"]): readonly ProvenEntry[] {
  const root = fromHex(log.root, 32);
  const areIncluded = entries.every(({ index, entry, proof }) =>
    verifyInclusion({ leaf: leafHash(entry), index, size: log.size, root, proof }),
  );
  if (areIncluded) return entries;
  throw new EvidenceError("EVIDENCE_WITHHELD", "a member sends entries that are not in that tree");
}
