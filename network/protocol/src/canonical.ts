import canonicalize from "canonicalize";
import { utf8 } from "./bytes.ts";
import { DomainError } from "./errors.ts";

export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

export type CanonicalErrorCode = "CANONICAL_SIZE" | "CANONICAL_SYNTAX" | "CANONICAL_FORM";
export class CanonicalError extends DomainError<CanonicalErrorCode> {}

const MAX_DEPTH = 32;

/**
 * RFC 8785 text of a value, restricted as the package's README says: integers of magnitude ≤ 2⁵³ − 1, well-formed strings.
 * @throws CanonicalError CANONICAL_FORM
 */
export function canonicalString(value: unknown): string {
  const isInOrder = assertRestricted(value, 0);
  const text = isInOrder ? JSON.stringify(value) : canonicalize(value);
  if (text === undefined) throw new CanonicalError("CANONICAL_FORM", "the value has no JSON form");
  return text;
}

export function encodeCanonical(value: unknown): Uint8Array {
  return utf8(canonicalString(value));
}

/**
 * Decodes bytes that are exactly the canonical encoding of what they decode to; everything else is refused.
 * @throws CanonicalError
 */
export function decodeCanonical(bytes: Uint8Array, maxBytes: number): Json {
  if (bytes.length > maxBytes) {
    throw new CanonicalError("CANONICAL_SIZE", `${bytes.length} bytes are more than the ${maxBytes} allowed`);
  }
  const { text, value } = parse(bytes);
  if (canonicalString(value) !== text) {
    throw new CanonicalError("CANONICAL_FORM", "the bytes are not in canonical form (RFC 8785)");
  }
  return value;
}

/** No two sequences of bytes give the same text: malformed UTF-8 is refused, and a byte order mark is kept. */
const strictUtf8 = { fatal: true, ignoreBOM: true };

function parse(bytes: Uint8Array): { readonly text: string; readonly value: Json } {
  try {
    const text = new TextDecoder("utf-8", strictUtf8).decode(bytes);
    return { text, value: JSON.parse(text) as Json };
  } catch (cause) {
    throw new CanonicalError("CANONICAL_SYNTAX", "the bytes are not JSON in UTF-8", { cause });
  }
}

/** @returns whether all keys come in RFC 8785's order, by UTF-16 units: then its text is the one of `JSON.stringify`, which is many times faster */
function assertRestricted(value: unknown, depth: number): boolean {
  if (depth > MAX_DEPTH) throw new CanonicalError("CANONICAL_FORM", "the value is nested too deeply");
  if (Array.isArray(value)) return value.map((item) => assertRestricted(item, depth + 1)).every(Boolean);
  if (value !== null && typeof value === "object") return assertContents(value, depth);
  if (typeof value === "string") assertWellFormed(value);
  else if (typeof value === "number") assertInteger(value);
  else if (value !== null && typeof value !== "boolean") {
    throw new CanonicalError("CANONICAL_FORM", `a ${typeof value} has no JSON form`);
  }
  return true;
}

function assertContents(value: object, depth: number): boolean {
  let isInOrder = true;
  let last = "";
  for (const [key, item] of Object.entries(value)) {
    assertWellFormed(key);
    isInOrder &&= last <= key;
    last = key;
    if (item !== undefined) isInOrder = assertRestricted(item, depth + 1) && isInOrder;
  }
  return isInOrder;
}

function assertWellFormed(text: string): void {
  if (!text.isWellFormed()) throw new CanonicalError("CANONICAL_FORM", "a string holds a lone surrogate");
}

function assertInteger(value: number): void {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
    throw new CanonicalError("CANONICAL_FORM", `${value} is not an integer of magnitude below 2^53`);
  }
}
