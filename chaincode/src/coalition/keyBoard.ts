import type { KeyAccept, KeyConfirm, KeySession, KeySignature, KeyVote } from "@comity/protocol";
import type { KeyDealDocument } from "../ledger/keyDocuments.ts";
import type { LedgerContext } from "../ledger/ledgerContext.ts";
import { LedgerError, required } from "../ledger/ledgerError.ts";
import type { Revised, TableDefinition } from "../ledger/table.ts";
import { ONLY, tables } from "../ledger/tables.ts";
import type { ClosingPhase } from "./keyRules.ts";

/** The board for key generation: a head that changes with the phase, and a key of its own for everything that a member posts. */
export class KeyBoard {
  readonly #ctx: LedgerContext;

  constructor(ctx: LedgerContext) {
    this.#ctx = ctx;
  }

  async find(): Promise<KeySession | undefined> {
    return this.#ctx.table(tables.keySession).find(ONLY);
  }

  /** The session, which must be in this attempt. */
  async attempt(attempt: number): Promise<KeySession> {
    const session = required(await this.find(), "KEY_SESSION_MISSING", "no key generation is open");
    if (session.attempt !== attempt)
      throw new LedgerError("KEY_ATTEMPT", `the current attempt is ${session.attempt}`);
    return session;
  }

  async save(session: KeySession): Promise<void> {
    await this.#ctx.table(tables.keySession).put(session, ONLY);
  }

  /** How many members there are. */
  get size(): number {
    return this.#ctx.network.genesis.members.length;
  }

  async accepts(attempt: number): Promise<KeyAccept[]> {
    return this.#posts(tables.keyAccept, attempt);
  }

  async deals(attempt: number): Promise<KeyDealDocument[]> {
    return this.#posts(tables.keyDeal, attempt);
  }

  async confirms(attempt: number): Promise<KeyConfirm[]> {
    return this.#posts(tables.keyConfirm, attempt);
  }

  async signatures(attempt: number): Promise<KeySignature[]> {
    return this.#posts(tables.keySignature, attempt);
  }

  async votes(attempt: number, phase: ClosingPhase): Promise<KeyVote[]> {
    return this.#posts(tables.keyVote, attempt, phase);
  }

  /** What each member posted under `…!index`, in order of index; by point reads, since writing transactions use this. */
  async #posts<T extends Revised>(
    definition: TableDefinition<T>,
    ...prefix: (string | number)[]
  ): Promise<T[]> {
    const { members } = this.#ctx.network.genesis;
    const table = this.#ctx.table(definition);
    const posts = await Promise.all(members.map(({ index }) => table.find(...prefix, index)));
    return posts.filter((post) => post !== undefined);
  }
}

export function assertPhase(session: KeySession, ...phases: readonly KeySession["phase"][]): void {
  if (!phases.includes(session.phase))
    throw new LedgerError("KEY_PHASE", `the session is in its ${session.phase} phase`);
}
