import type { EpochRecord, ProposalMessage, SignedEpochRecord } from "@comity/protocol";
import { type Session, type SessionEvent, step } from "./session.ts";
import { newSession, restoredSession, type SessionStore, type StoredSession } from "./sessionStore.ts";

/** A session and what this process does about it. */
export interface LiveSession {
  session: Session;
  readonly epoch: EpochRecord;
  /** When somebody else last gossiped the proposal. */
  lastHeardMs: number;
  isDeciding: boolean;
  isFiling: boolean;
  /** Nothing more is to be done; kept until nothing can propose it any more, so that its proposal is not taken for a new one. */
  isSettled: boolean;
  /** Ends what is under way for this session. */
  readonly closing: AbortController;
}

export interface SessionTableOptions {
  /** How long a proposal may live, real time. */
  readonly proposalLifeMs: number;
}

export interface SessionTableDeps {
  readonly store: SessionStore;
  /** Those that were open when the node stopped. */
  readonly sessions: readonly StoredSession[];
  readonly now: () => number;
  /** Told each change once it is on disk, in order, whatever else has happened since. */
  readonly onChange: (live: LiveSession, before: Session, after: Session) => void;
}

/** The sessions that this node takes part in. A change is on disk before anybody acts on it. */
export class SessionTable {
  readonly #options: SessionTableOptions;
  readonly #deps: SessionTableDeps;
  readonly #sessions = new Map<string, LiveSession>();
  /** Stored sessions whose epoch the ledger view has not shown yet. */
  #unrestored: readonly StoredSession[];

  constructor(options: SessionTableOptions, deps: SessionTableDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#unrestored = deps.sessions;
  }

  get(digest: string): LiveSession | undefined {
    return this.#sessions.get(digest);
  }

  unsettled(): LiveSession[] {
    return [...this.#sessions.values()].filter(({ isSettled }) => !isSettled);
  }

  /**
   * How many proposals count against a member's limit: those that are open and, for as long as any may live, those that came to nothing.
   * Each costs every member an appraisal and an entry of its signing log for ever.
   */
  countOf(memberIndex: number): number {
    const counts = ({ session, isSettled }: LiveSession): boolean =>
      session.proposal.memberIndex === memberIndex &&
      (session.phase === "collecting" ? !isSettled : session.phase !== "complete");
    return [...this.#sessions.values()].filter(counts).length;
  }

  /** Brings back stored sessions as soon as the ledger view shows their key. */
  restore(epochs: readonly SignedEpochRecord[]): void {
    const left: StoredSession[] = [];
    for (const stored of this.#unrestored) {
      const epoch = epochs.find(({ record }) => record.keyEpoch === stored.proposal.keyEpoch)?.record;
      if (!epoch) left.push(stored);
      else if (!this.get(stored.digest)) this.#add(restoredSession(stored, epoch), epoch);
    }
    this.#unrestored = left;
  }

  /** Resolves once the new session is on disk. */
  async open(digest: string, proposal: ProposalMessage, epoch: EpochRecord): Promise<LiveSession> {
    const latestMs = this.#deps.now() + this.#options.proposalLifeMs;
    const live = this.#add(newSession({ digest, proposal, latestMs }, epoch), epoch);
    await this.#deps.store.put(live.session);
    return live;
  }

  /** Leaves a settled session alone: its file is gone. */
  async apply(live: LiveSession, event: SessionEvent): Promise<void> {
    if (live.isSettled) return;
    const before = live.session;
    const after = step(before, event, this.#deps.now());
    if (after === before) return;
    live.session = after;
    await this.#deps.store.put(after);
    this.#deps.onChange(live, before, after);
  }

  async settle(live: LiveSession): Promise<void> {
    live.isSettled = true;
    live.closing.abort();
    await this.#deps.store.remove(live.session.digest);
  }

  /** Forgets what is settled, can no longer be proposed by a message that is known, and counts no more. @returns the digests */
  sweep(): string[] {
    const now = this.#deps.now();
    const over = [...this.#sessions.values()].filter(
      ({ isSettled, session: { renewal, latestMs } }) =>
        isSettled && Math.max(renewal.expiresAtMs, latestMs) <= now,
    );
    for (const { session } of over) this.#sessions.delete(session.digest);
    return over.map(({ session }) => session.digest);
  }

  /** Resolves once everything is written. */
  async idle(): Promise<void> {
    await this.#deps.store.idle();
  }

  closeAll(): void {
    for (const { closing } of this.#sessions.values()) closing.abort();
  }

  #add(session: Session, epoch: EpochRecord): LiveSession {
    const live = {
      session,
      epoch,
      lastHeardMs: this.#deps.now(),
      isDeciding: false,
      isFiling: false,
      isSettled: false,
      closing: new AbortController(),
    };
    this.#sessions.set(session.digest, live);
    return live;
  }
}

/** Its time ran out, and it may be proposed again. */
export function isOver({ isSettled, session }: LiveSession): boolean {
  return isSettled && session.phase === "expired";
}
