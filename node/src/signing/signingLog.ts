import {
  canonicalString,
  type Decision,
  decodeCanonical,
  decodeDecision,
  type Decoded,
  DomainError,
  hex,
  nullable,
  object,
  oneOf,
  statementKinds,
  text,
} from "@comity/protocol";
import { Journal } from "../log/journal.ts";

export type SigningLogErrorCode = "SIGNING_LOG_BROKEN" | "SIGNING_SLOT_TAKEN";
export class SigningLogError extends DomainError<SigningLogErrorCode> {}

const MAX_FRAME_BYTES = 4096;

const loggedDecision = object({
  digest: hex(32),
  groupKeyId: hex(32),
  kind: oneOf(...statementKinds),
  /** What may be signed only once under a key; null for statements without a slot. */
  slot: nullable(text(120)),
  statementHash: hex(32),
  decision: decodeDecision,
  /** The partial signature that goes with a decision to sign. */
  partial: nullable(hex(96)),
});
export type LoggedDecision = Decoded<typeof loggedDecision>;
export type DecisionSubject = Pick<
  LoggedDecision,
  "digest" | "groupKeyId" | "kind" | "slot" | "statementHash"
>;
export type NewDecision = (logPosition: number) => {
  readonly decision: Decision;
  readonly partial: string | null;
};

/**
 * Every decision that this member has ever made, in order. A decision is on disk before anybody hears of it, so that after any crash
 * the same digest gets the same decision, and a slot never a second statement.
 */
export class SigningLog {
  readonly #journal: Journal;
  readonly #byDigest = new Map<string, LoggedDecision>();
  readonly #signedSlots = new Map<string, string>();
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(journal: Journal, entries: readonly LoggedDecision[]) {
    this.#journal = journal;
    for (const entry of entries) this.#remember(entry);
  }

  /** A torn last entry, which nobody can have heard of, is cut off. @throws SigningLogError, LogError */
  static async open(path: string): Promise<SigningLog> {
    const { journal, frames } = (await Journal.open(path)) ?? {
      journal: await Journal.create(path, []),
      frames: [],
    };
    try {
      return new SigningLog(journal, frames.map(decodeFrame));
    } catch (error) {
      await journal.close();
      throw error;
    }
  }

  /** Position of the next decision. */
  get size(): number {
    return this.#byDigest.size;
  }

  decisionOn(digest: string): LoggedDecision | undefined {
    return this.#byDigest.get(digest);
  }

  /** The decision already made on this digest, or a new one, made and written now. @throws SigningLogError SIGNING_SLOT_TAKEN */
  decide(subject: DecisionSubject, make: NewDecision): Promise<LoggedDecision> {
    const decided = this.#turn.then(() => this.#decide(subject, make));
    this.#turn = decided.catch(() => undefined);
    return decided;
  }

  async close(): Promise<void> {
    await this.#turn;
    await this.#journal.close();
  }

  async #decide(subject: DecisionSubject, make: NewDecision): Promise<LoggedDecision> {
    const known = this.#byDigest.get(subject.digest);
    if (known) return known;
    const entry: LoggedDecision = { ...subject, ...make(this.size) };
    const taken = this.#signedSlots.get(slotKey(entry));
    if (entry.decision.decision === "sign" && taken !== undefined && taken !== entry.statementHash) {
      throw new SigningLogError("SIGNING_SLOT_TAKEN", "another statement was signed in this slot");
    }
    await this.#journal.append(new TextEncoder().encode(canonicalString(entry)));
    this.#remember(entry);
    return entry;
  }

  #remember(entry: LoggedDecision): void {
    if (entry.decision.logPosition !== this.size) {
      throw new SigningLogError("SIGNING_LOG_BROKEN", `entry ${this.size} says that it is another`);
    }
    this.#byDigest.set(entry.digest, entry);
    if (entry.slot !== null && entry.decision.decision === "sign") {
      this.#signedSlots.set(slotKey(entry), entry.statementHash);
    }
  }
}

/** An attempt at a key brings one key into force at most: its slot is the same whatever the key. */
function slotKey({ groupKeyId, kind, slot }: LoggedDecision): string {
  return `${kind === "activation" ? "" : groupKeyId} ${kind} ${slot ?? ""}`;
}

function decodeFrame(frame: Uint8Array): LoggedDecision {
  try {
    return loggedDecision(decodeCanonical(frame, MAX_FRAME_BYTES));
  } catch (cause) {
    throw new SigningLogError("SIGNING_LOG_BROKEN", "the signing log has an entry that is none", { cause });
  }
}
