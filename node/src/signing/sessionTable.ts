import type { EpochRecord, ProposalMessage } from "@comity/protocol";
import { type Session, type SessionEvent, step } from "./session.ts";
import { newSession, type SessionStore } from "./sessionStore.ts";

/** A session and what this process does about it. */
export interface LiveSession {
  session: Session;
  readonly epoch: EpochRecord;
  /** When somebody else last gossiped the proposal. */
  lastHeardMs: number;
  isDeciding: boolean;
  isFiling: boolean;
  /** Nothing more is to be done; kept until it expires, so that its proposal is not taken for a new one. */
  isSettled: boolean;
  /** Ends what is under way for this session. */
  readonly closing: AbortController;
}

export interface SessionTableDeps {
  readonly store: SessionStore;
  readonly now: () => number;
  /** Called once a change is on disk. */
  /** Told each change once, in order, whatever else has happened since. */
  readonly onChange: (live: LiveSession, before: Session, after: Session) => void;
}

/** The sessions that this node takes part in. A change is on disk before anybody acts on it. */
export class SessionTable {
  readonly #deps: SessionTableDeps;
  readonly #sessions = new Map<string, LiveSession>();

  constructor(deps: SessionTableDeps) {
    this.#deps = deps;
  }

  get(digest: string): LiveSession | undefined {
    return this.#sessions.get(digest);
  }

  unsettled(): LiveSession[] {
    return [...this.#sessions.values()].filter(({ isSettled }) => !isSettled);
  }

  openOf(memberIndex: number): number {
    return this.unsettled().filter(({ session }) => session.proposal.memberIndex === memberIndex).length;
  }

  add(session: Session, epoch: EpochRecord): LiveSession {
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

  /** Resolves once the new session is on disk. */
  async open(digest: string, proposal: ProposalMessage, epoch: EpochRecord): Promise<LiveSession> {
    const live = this.add(newSession(digest, proposal, epoch), epoch);
    await this.#deps.store.put(live.session);
    return live;
  }

  async apply(live: LiveSession, event: SessionEvent): Promise<void> {
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

  /** Forgets what is settled and can no longer be proposed. @returns the digests */
  sweep(): string[] {
    const now = this.#deps.now();
    const over = [...this.#sessions.values()].filter(
      ({ isSettled, session }) => isSettled && session.proposal.expiresAtMs <= now,
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
}
