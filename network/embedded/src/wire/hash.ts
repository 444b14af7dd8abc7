import { createHash } from "node:crypto";

export function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export function transactionIdOf(nonce: Uint8Array, creator: Uint8Array): string {
  return sha256(nonce, creator).toString("hex");
}

export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
