import { DecodeError, type Decoder, integer, list, literal, object, text } from "../decode.ts";

/** What every stored document has: the version of its form, and how often it was written. */
export const revised = { schemaVersion: literal(1), rev: integer(1, Number.MAX_SAFE_INTEGER) };

/** Policy or real time on the ledger: 13 digits, so that texts of times sort as times do. */
export const MAX_LEDGER_TIME_MS = 9_999_999_999_999;
export const ledgerTime = integer(0, MAX_LEDGER_TIME_MS);

/**
 * What text for people may not hold: controls, invisible and direction-changing characters, private use, noncharacters, lone surrogates.
 * A list of our own, since a class like `\p{C}` asks the Unicode tables of each member's Node: members with different ones would differ
 * over what is assigned, and with it over a transaction.
 */
const REFUSED = [
  String.raw`\0-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb`,
  String.raw`\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\u{e0000}-\u{e007f}\u{f0000}-\u{10ffff}`,
  ...Array.from(
    { length: 15 },
    (_, plane) => String.raw`\u{${plane.toString(16)}fffe}-\u{${plane.toString(16)}ffff}`,
  ),
].join("");
const SPACE = String.raw` \xa0\u1680\u2000-\u200a\u202f\u205f\u3000`;
const PHRASE = new RegExp(`^[^${REFUSED}${SPACE}](?:[^${REFUSED}]*[^${REFUSED}${SPACE}])?$`, "u");

/** Text for people: 1 … `maxLength` printable characters, no space at either end. */
export function phrase(maxLength: number): Decoder<string> {
  const bounded = text(maxLength);
  return (value, path = "") => {
    const phrase = bounded(value, path);
    if (PHRASE.test(phrase)) return phrase;
    throw new DecodeError(path, "must be printable text without a space at either end");
  };
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
