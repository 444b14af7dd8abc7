import { DomainError } from "./errors.ts";

export { sha256 } from "#primitives";

const ascii = new TextEncoder();

export type BytesErrorCode = "HEX_INVALID" | "FIELD_TOO_LONG" | "INTEGER_RANGE";
export class BytesError extends DomainError<BytesErrorCode> {}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

export function utf8(text: string): Uint8Array {
  return ascii.encode(text);
}

const HEX_BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += HEX_BYTES[byte] ?? "";
  return text;
}

/**
 * Strict inverse of `toHex`: lower case only, whole bytes, and of `sizeBytes` where that is given.
 * @throws BytesError HEX_INVALID
 */
export function fromHex(text: string, sizeBytes?: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes ?? Math.floor(text.length / 2));
  let either = text.length === 2 * bytes.length ? 0 : -1;
  for (let i = 0; i < bytes.length && either >= 0; i++) {
    const byte = (digitAt(text, 2 * i) << 4) | digitAt(text, 2 * i + 1);
    either |= byte;
    bytes[i] = byte;
  }
  if (either < 0) {
    throw new BytesError("HEX_INVALID", `expected ${sizeBytes ?? "whole"} bytes of lower-case hexadecimal`);
  }
  return bytes;
}

const HEX_DIGITS = Int8Array.from({ length: 128 }, (_, unit) =>
  "0123456789abcdef".indexOf(String.fromCharCode(unit)),
);

/** −1 for what is no digit. A table takes a quarter of the time of a regular expression, and most documents are hexadecimal. */
function digitAt(text: string, at: number): number {
  return HEX_DIGITS[text.charCodeAt(at)] ?? -1;
}

function unsigned(value: bigint | number, sizeBytes: number): Uint8Array {
  const big = typeof value === "bigint" || Number.isSafeInteger(value) ? BigInt(value) : -1n;
  if (big < 0n || big >> BigInt(8 * sizeBytes) !== 0n) {
    throw new BytesError("INTEGER_RANGE", `${value} is not an unsigned integer of ${sizeBytes} bytes`);
  }
  const bytes = new Uint8Array(sizeBytes);
  let rest = big;
  for (let i = sizeBytes - 1; i >= 0; i--) {
    bytes[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

/** Unsigned big-endian integers. @throws BytesError INTEGER_RANGE */
export const u8 = (value: bigint | number): Uint8Array => unsigned(value, 1);
export const u16 = (value: bigint | number): Uint8Array => unsigned(value, 2);
export const u32 = (value: bigint | number): Uint8Array => unsigned(value, 4);
export const u64 = (value: bigint | number): Uint8Array => unsigned(value, 8);
export const u128 = (value: bigint | number): Uint8Array => unsigned(value, 16);

/**
 * Each field preceded by its length as `u16`, so that no two different lists give the same bytes. Text is UTF-8.
 * @throws BytesError FIELD_TOO_LONG
 */
export function fields(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  const encoded = parts.map((part) => (typeof part === "string" ? utf8(part) : part));
  if (encoded.some((part) => part.length > 0xffff)) {
    throw new BytesError("FIELD_TOO_LONG", "a field is longer than 65,535 bytes");
  }
  return concat(...encoded.flatMap((part) => [u16(part.length), part]));
}

/** Compares without stopping at the first difference. Lengths are public. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}
