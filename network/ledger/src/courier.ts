import type { LedgerLog, Settled } from "./ledgerClient.ts";
import { LedgerError } from "./ledgerError.ts";
import type { KeptTransaction, Outbox } from "./outbox.ts";

/** Sends signed transactions, and keeps each until its fate is known. */
export class Courier {
  readonly #outbox: Outbox | undefined;
  readonly #commit: (transaction: KeptTransaction) => Promise<bigint>;
  readonly #log: LedgerLog | undefined;
  readonly #underWay = new Set<string>();

  constructor(
    outbox: Outbox | undefined,
    commit: (transaction: KeptTransaction) => Promise<bigint>,
    log: LedgerLog | undefined,
  ) {
    this.#outbox = outbox;
    this.#commit = commit;
    this.#log = log;
  }

  /** @returns the block's number. @throws LedgerError */
  async deliver({ id, bytes }: KeptTransaction): Promise<bigint> {
    this.#underWay.add(id);
    try {
      await this.#keep({ id, bytes });
      return await this.#send({ id, bytes });
    } finally {
      this.#underWay.delete(id);
    }
  }

  async settle(): Promise<Settled[]> {
    const kept = (await this.#outbox?.all()) ?? [];
    const settled: Settled[] = [];
    for (const transaction of kept.filter(({ id }) => !this.#underWay.has(id))) {
      const error = await this.#send(transaction).then(() => undefined, asLedgerError);
      settled.push({ transactionId: transaction.id, error });
    }
    return settled;
  }

  async #send(transaction: KeptTransaction): Promise<bigint> {
    try {
      const blockNumber = await this.#commit(transaction);
      await this.#forget(transaction.id);
      return blockNumber;
    } catch (error) {
      const isUnknown = error instanceof LedgerError && error.code === "LEDGER_UNKNOWN";
      if (!isUnknown) await this.#forget(transaction.id);
      throw error;
    }
  }

  async #keep(transaction: KeptTransaction): Promise<void> {
    try {
      await this.#outbox?.keep(transaction);
    } catch (cause) {
      // It may have reached the disk all the same; nobody must send later what its caller takes for not sent.
      await this.#forget(transaction.id);
      throw new LedgerError("LEDGER_OUTBOX", "the transaction cannot be kept, so it was not sent", { cause });
    }
  }

  /** The ledger has decided: a disk that fails now changes nothing of that, and the next start asks again. */
  async #forget(id: string): Promise<void> {
    await this.#outbox?.forget(id).catch((error: unknown) => {
      this.#log?.warn("a settled transaction stays in the outbox", { transactionId: id, error });
    });
  }
}

function asLedgerError(error: unknown): LedgerError {
  if (error instanceof LedgerError) return error;
  throw error;
}
