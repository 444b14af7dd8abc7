import { createHash } from "node:crypto";

/** Fabric's hash of a block header: SHA-256 of the DER of SEQUENCE { INTEGER number, OCTET STRING previousHash, OCTET STRING dataHash }. */
export function blockHeaderHash(number: bigint, previousHash: Uint8Array, dataHash: Uint8Array): Buffer {
  const body = Buffer.concat([
    derValue(0x02, derUnsigned(number)),
    derValue(0x04, previousHash),
    derValue(0x04, dataHash),
  ]);
  return createHash("sha256").update(derValue(0x30, body)).digest();
}

/** Fabric's hash of a block's data: SHA-256 of its transactions, one after the other. */
export function blockDataHash(transactions: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const transaction of transactions) hash.update(transaction);
  return hash.digest();
}

function derUnsigned(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  // A leading one bit would make the number negative.
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
}

/** Headers are far shorter than 128 bytes, but a length that does not fit is refused rather than written wrong. */
function derValue(tag: number, content: Uint8Array): Buffer {
  if (content.length > 127) throw new RangeError("a block header's field is too long");
  return Buffer.concat([Buffer.from([tag, content.length]), content]);
}
