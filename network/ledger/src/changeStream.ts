import { sha256, toHex, type LedgerEvent } from "@comity/protocol";
import { Backoff } from "./backoff.ts";
import type { BlocksOptions } from "./blockStream.ts";
import type { LedgerBlock } from "./ledgerBlock.ts";
import { LedgerError } from "./ledgerError.ts";

/** A block, and what its events say has changed, as a reader makes it out. */
export interface ChangedBlock<C> {
  readonly block: LedgerBlock;
  readonly changes: readonly C[];
}

export interface ChangeStreamDeps<C> {
  /** Blocks in order, already checked to follow from each other. `LedgerClient` fits. */
  readonly ledger: { blocks(options: BlocksOptions): AsyncIterable<LedgerBlock> };
  readonly changesOf: (event: LedgerEvent, height: bigint) => Promise<readonly C[]>;
  /** Whether a failure to read a change will stay one for ever, so that the stream has to end with it. */
  readonly isFinal: (error: unknown) => boolean;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly random: () => number;
  /** Told of each failure that is tried again. */
  readonly onRetry: (event: LedgerEvent, error: unknown) => void;
}

const pauses = { firstMs: 100, longestMs: 5000 };

/** What keeps a view of the ledger: blocks in order, each with everything that it changed. Ends when the signal is aborted. */
export async function* changeStream<C>(
  options: BlocksOptions,
  deps: ChangeStreamDeps<C>,
): AsyncGenerator<ChangedBlock<C>> {
  for await (const block of deps.ledger.blocks(options)) {
    const changes: C[] = [];
    for (const event of block.transactions.flatMap(({ events }) => events)) {
      changes.push(...(await readUntilThere(event, block.number, options.signal, deps)));
    }
    yield { block, changes };
  }
}

/** The block is a fact, so what it changed can be read in the end: a peer that lags, lies or is away is asked again. */
async function readUntilThere<C>(
  event: LedgerEvent,
  height: bigint,
  signal: AbortSignal,
  deps: ChangeStreamDeps<C>,
): Promise<readonly C[]> {
  const backoff = new Backoff(pauses, deps);
  for (;;) {
    try {
      return await deps.changesOf(event, height);
    } catch (error) {
      if (deps.isFinal(error)) throw error;
      deps.onRetry(event, error);
      await deps.sleep(backoff.next(), signal);
    }
  }
}

/** What an event says of the document that its block wrote. */
export type NamedDocument = Pick<LedgerEvent, "subject" | "rev" | "hash">;

/**
 * Reads the document that an event names, and refuses every other: no peer is believed about what a block wrote.
 * @throws LedgerError LEDGER_DOCUMENT_DIFFERS
 */
export async function readNamed(
  ledger: { evaluate(transaction: string, ...args: string[]): Promise<Uint8Array> },
  event: NamedDocument,
  transaction: string,
): Promise<Uint8Array> {
  const bytes = await ledger.evaluate(transaction, event.subject, String(event.rev));
  assertNamed(event, bytes);
  return bytes;
}

/** @throws LedgerError LEDGER_DOCUMENT_DIFFERS where these are not the bytes that an event names */
export function assertNamed({ subject, rev, hash }: NamedDocument, bytes: Uint8Array): void {
  if (toHex(sha256(bytes)) === hash) return;
  const text = `the ledger gave another revision ${rev} of ${subject} than the block names`;
  throw new LedgerError("LEDGER_DOCUMENT_DIFFERS", text);
}
