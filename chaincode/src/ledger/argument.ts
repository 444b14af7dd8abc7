import { decodeCanonical, type Decoder, MAX_PAGE_SIZE, utf8 } from "@comity/protocol";
import { LedgerError } from "./ledgerError.ts";

const MAX_ARGUMENT_BYTES = 128 * 1024;

/** An argument that is one canonical JSON document. */
export function documentArgument<T>(argument: string, decode: Decoder<T>): T {
  return decode(decodeCanonical(utf8(argument), MAX_ARGUMENT_BYTES));
}

/** An argument that is a non-negative integer in decimal, without leading zeros. */
export function integerArgument(argument: string, name: string): number {
  const value = /^(0|[1-9][0-9]{0,15})$/.test(argument) ? Number(argument) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new LedgerError("ARGUMENT_INVALID", `${name} must be an integer`);
  return value;
}

export function pageSizeArgument(argument: string): number {
  const size = integerArgument(argument, "the page size");
  if (size < 1 || size > MAX_PAGE_SIZE)
    throw new LedgerError("PAGE_SIZE", `a page has 1 to ${MAX_PAGE_SIZE} items`);
  return size;
}
