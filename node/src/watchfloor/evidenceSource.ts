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
import type { ProvenEntry } from "../gossip/evidenceMessage.ts";
import { EvidenceError, fetchEvidence, provenEntries } from "../gossip/evidenceStream.ts";
import type { GossipNetwork } from "../gossip/network.ts";
import { ringAfter } from "../gossip/ringChoice.ts";
import type { CheckpointArchive } from "./checkpointArchive.ts";
import type { WatchedLogs } from "./ports.ts";

/** The entries that a statement names, all of them proved to be in the tree that it names, and that tree's signed note. */
export interface StatementEvidence {
  readonly checkpoint: string;
  readonly entries: readonly ProvenEntry[];
}

export interface EvidenceSourceOptions {
  readonly ownIndex: number;
  readonly answerTimeoutMs: number;
}

export interface EvidenceSourceDeps {
  readonly genesis: Genesis;
  readonly logs: WatchedLogs;
  readonly network: Pick<GossipNetwork, "request">;
  readonly archive: CheckpointArchive;
  readonly verify: Ed25519Verify;
}

type Named = Pick<AlertStatement, "log" | "entries">;

/** Brings what a statement names from the own logs and mirrors, else from other members, the given one first. */
export class EvidenceSource {
  readonly #options: EvidenceSourceOptions;
  readonly #deps: EvidenceSourceDeps;

  constructor(options: EvidenceSourceOptions, deps: EvidenceSourceDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** @throws EvidenceError EVIDENCE_ABSENT if nobody who answers has it, EVIDENCE_FORKED if the own copy of the log is another */
  async gather(statement: Named, first: number, signal: AbortSignal): Promise<StatementEvidence> {
    const isHeld = await this.#isHeld(statement);
    const note = await this.#heldNote(statement);
    if (isHeld && note !== undefined) {
      await this.#deps.archive.put(note);
      return { checkpoint: note, entries: await this.#heldEntries(statement) };
    }
    const others = ringAfter(this.#options.ownIndex, this.#deps.genesis.members.length);
    for (const member of new Set([first, ...others])) {
      if (member === this.#options.ownIndex) continue;
      signal.throwIfAborted();
      const evidence = await this.#ask(member, statement, note, signal).catch(() => undefined);
      if (!evidence) continue;
      await this.#deps.archive.put(evidence.checkpoint);
      return evidence;
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

  async #heldEntries({ log, entries }: Named): Promise<ProvenEntry[]> {
    const proven: ProvenEntry[] = [];
    while (entries.from + proven.length < entries.to) {
      const from = entries.from + proven.length;
      const request = { origin: log.origin, size: log.size, from, to: entries.to, withRecords: false };
      const next = await provenEntries(this.#deps.logs, request);
      if (next.length === 0)
        throw new EvidenceError("EVIDENCE_ABSENT", "the own log is shorter than its head says");
      proven.push(...next);
    }
    return proven;
  }

  /** @throws EvidenceError, StreamError */
  async #ask(
    member: number,
    statement: Named,
    heldNote: string | undefined,
    signal: AbortSignal,
  ): Promise<StatementEvidence> {
    const { log, entries } = statement;
    const patience = AbortSignal.any([signal, AbortSignal.timeout(this.#options.answerTimeoutMs)]);
    const request = { origin: log.origin, size: log.size, ...entries, withRecords: false };
    const answer = await fetchEvidence(this.#deps.network, member, request, patience);
    const checkpoint = heldNote ?? answer.checkpoint;
    if (!this.#isNoteOf(checkpoint, statement) || !areIncluded(answer.entries, log)) {
      throw new EvidenceError(
        "EVIDENCE_WITHHELD",
        `member ${member} sends entries that are not in that tree`,
      );
    }
    return { checkpoint, entries: answer.entries };
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

function areIncluded(entries: readonly ProvenEntry[], log: AlertStatement["log"]): boolean {
  const root = fromHex(log.root, 32);
  return entries.every(({ index, entry, proof }) =>
    verifyInclusion({ leaf: leafHash(entry), index, size: log.size, root, proof }),
  );
}
