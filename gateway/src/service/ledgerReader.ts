import { type Decoder, decodeCanonical } from "@comity/protocol";
import type { AnswerCache } from "./answerCache.ts";
import { GatewayError } from "./gatewayError.ts";

/** What the services need of the ledger. */
export interface LedgerReader {
  evaluate(transaction: string, ...args: string[]): Promise<Uint8Array>;
}

/** What filing needs of the ledger. Safe to repeat: conflicts are proposed anew. */
export interface LedgerWriter {
  submitIdempotent(transaction: string, ...args: string[]): Promise<unknown>;
}

/** A reader that asks the ledger each question once in a while. */
export function cachedReader(ledger: LedgerReader, cache: AnswerCache<Uint8Array>): LedgerReader {
  return {
    evaluate: (...question) => cache.get(JSON.stringify(question), () => ledger.evaluate(...question)),
  };
}

/** A page of a hundred alerts is far below this. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** Reads an answer strictly: what has not the form that its contract promises is not passed on. @throws GatewayError LEDGER_ANSWER_MALFORMED */
export function decodeAnswer<T>(answer: Uint8Array, decode: Decoder<T>): T {
  try {
    return decode(decodeCanonical(answer, MAX_ANSWER_BYTES));
  } catch (cause) {
    throw new GatewayError("LEDGER_ANSWER_MALFORMED", "The ledger gave an answer that cannot be read.", {
      cause,
    });
  }
}
