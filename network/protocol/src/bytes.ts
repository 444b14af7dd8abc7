import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { DomainError } from "./errors.ts";

const HEX = /^[0-9a-f]*$/;
const [ZERO, NINE, LOWER_A] = [0x30, 0x39, 0x61];
const ascii = new TextEncoder();

export type BytesErrorCode = "HEX_INVALID" | "FIELD_TOO_LONG" | "INTEGER_RANGE";
export class BytesError extends DomainError<BytesErrorCode> {}

/** SHA-256 (FIPS 180-4) of the concatenation of `parts`. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1 && parts[0]) return nobleSha256(parts[0]);
  const hash = nobleSha256.create();
  for (const part of parts) hash.update(part);
  return hash.digest();
}

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
  const isWhole = text.length % 2 === 0 && HEX.test(text);
  if (!isWhole || (sizeBytes !== undefined && text.length !== 2 * sizeBytes)) {
    throw new BytesError("HEX_INVALID", `expected ${sizeBytes ?? "whole"} bytes of lower-case hexadecimal`);
  }
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = 16 * digitAt(text, 2 * i) + digitAt(text, 2 * i + 1);
  return bytes;
}

/** Of a text that `HEX` matches: parsing each pair as text takes five times as long, and most documents are hexadecimal. */
function digitAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code <= NINE ? code - ZERO : code - LOWER_A + 10;
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
