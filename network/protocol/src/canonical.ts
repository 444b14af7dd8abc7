import canonicalize from "canonicalize";
import { equalBytes, utf8 } from "./bytes.ts";
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
  assertRestricted(value, 0);
  const text = canonicalize(value);
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
  const value = parse(bytes);
  if (!equalBytes(encodeCanonical(value), bytes)) {
    throw new CanonicalError("CANONICAL_FORM", "the bytes are not in canonical form (RFC 8785)");
  }
  return value;
}

function parse(bytes: Uint8Array): Json {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)) as Json;
  } catch (cause) {
    throw new CanonicalError("CANONICAL_SYNTAX", "the bytes are not JSON in UTF-8", { cause });
  }
}

function assertRestricted(value: unknown, depth: number): void {
  if (depth > MAX_DEPTH) throw new CanonicalError("CANONICAL_FORM", "the value is nested too deeply");
  if (value !== null && typeof value === "object") assertContents(value, depth);
  else if (typeof value === "string") assertWellFormed(value);
  else if (typeof value === "number") assertInteger(value);
  else if (value !== null && typeof value !== "boolean") {
    throw new CanonicalError("CANONICAL_FORM", `a ${typeof value} has no JSON form`);
  }
}

function assertContents(value: object, depth: number): void {
  for (const [key, item] of Object.entries(value)) {
    assertWellFormed(key);
    if (item !== undefined || Array.isArray(value)) assertRestricted(item, depth + 1);
  }
}

function assertWellFormed(text: string): void {
  if (!text.isWellFormed()) throw new CanonicalError("CANONICAL_FORM", "a string holds a lone surrogate");
}

function assertInteger(value: number): void {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
    throw new CanonicalError("CANONICAL_FORM", `${value} is not an integer of magnitude below 2^53`);
  }
}
