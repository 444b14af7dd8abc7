import { type Decoder, integer, list, literal, object, text } from "../decode.ts";

/** What every stored document has: the version of its form, and how often it was written. */
export const revised = { schemaVersion: literal(1), rev: integer(1, Number.MAX_SAFE_INTEGER) };

/** Policy or real time on the ledger: 13 digits, so that texts of times sort as times do. */
export const MAX_LEDGER_TIME_MS = 9_999_999_999_999;
export const ledgerTime = integer(0, MAX_LEDGER_TIME_MS);

/** Text for people: 1 … `maxLength` printable characters, no space at either end. */
export function phrase(maxLength: number): Decoder<string> {
  return text(maxLength, /^[^\p{C}\s](?:[^\p{C}]*[^\p{C}\s])?$/u);
}

export const MAX_PAGE_SIZE = 100;

/** A page of a list, and where the next one starts; an empty bookmark says that there is none. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly bookmark: string;
}

export function page<T>(item: Decoder<T>): Decoder<Page<T>> {
  return object({ items: list(item, MAX_PAGE_SIZE), bookmark: text(400) });
}
