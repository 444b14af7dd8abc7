import { ClassicLevel } from "classic-level";
import { LedgerError } from "./ledgerError.ts";

/** A signed transaction whose fate is not known yet. */
export interface KeptTransaction {
  readonly id: string;
  readonly bytes: Uint8Array;
}

/**
 * Where signed transactions are kept from before they are sent until their fate is known, so that a process that is killed in between sends the same bytes
 * again and never proposes anew what may have been committed.
 */
export interface Outbox {
  /** Resolves once a crash cannot lose it. */
  keep(transaction: KeptTransaction): Promise<void>;
  forget(id: string): Promise<void>;
  all(): Promise<KeptTransaction[]>;
  close(): Promise<void>;
}

/** @throws LedgerError LEDGER_OUTBOX where the directory cannot be used, or another process uses it */
export async function openOutbox(directory: string): Promise<Outbox> {
  const db = new ClassicLevel<string, Uint8Array>(directory, { keyEncoding: "utf8", valueEncoding: "view" });
  try {
    await db.open();
  } catch (cause) {
    throw new LedgerError("LEDGER_OUTBOX", `transactions cannot be kept in ${directory}`, { cause });
  }
  return {
    keep: ({ id, bytes }) => db.put(id, bytes, { sync: true }),
    // Found again after a crash, it is asked for once more, and nothing happens twice.
    forget: (id) => db.del(id),
    all: async () => (await db.iterator().all()).map(([id, bytes]) => ({ id, bytes })),
    close: () => db.close(),
  };
}
