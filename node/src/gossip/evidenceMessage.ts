import { concat, u32, u64, u8 } from "@comity/protocol";
import { wireBytes, WireError, wireHashes, WireReader, wireText } from "./wire.ts";

/** Asks for entries [from, to) of a log with their proofs in the tree of `size`. */
export interface EvidenceRequest {
  readonly origin: string;
  readonly size: number;
  readonly from: number;
  readonly to: number;
  readonly withRecords: boolean;
}

export interface ProvenEntry {
  readonly index: number;
  readonly entry: Uint8Array;
  readonly proof: readonly Uint8Array[];
  /** Empty where they were not asked for or are no longer there. */
  readonly records: Uint8Array;
}

/** The first of what was asked for: as much as fits. */
export interface EvidenceAnswer {
  /** Signed note of the tree of the size asked for; empty where it is not held. */
  readonly checkpoint: string;
  readonly entries: readonly ProvenEntry[];
}

export const MAX_EVIDENCE_ENTRIES = 256;

export function encodeEvidenceRequest(request: EvidenceRequest): Uint8Array {
  const { origin, size, from, to, withRecords } = request;
  return concat(wireText(origin), u64(size), u64(from), u64(to), u8(withRecords ? 1 : 0));
}

/** @throws WireError */
export function decodeEvidenceRequest(bytes: Uint8Array): EvidenceRequest {
  const reader = new WireReader(bytes);
  const request = { origin: reader.text(), size: reader.u64(), from: reader.u64(), to: reader.u64() };
  const flag = reader.u8();
  reader.end();
  if (flag > 1) throw new WireError("WIRE_MALFORMED", "a yes or no is neither");
  return { ...request, withRecords: flag === 1 };
}

export function encodeEvidenceAnswer({ checkpoint, entries }: EvidenceAnswer): Uint8Array {
  return concat(wireText(checkpoint), u32(entries.length), ...entries.map(encodeProvenEntry));
}

export function encodeProvenEntry({ index, entry, proof, records }: ProvenEntry): Uint8Array {
  return concat(u64(index), wireBytes(entry), wireHashes(proof), wireBytes(records));
}

/** @throws WireError */
export function decodeEvidenceAnswer(bytes: Uint8Array): EvidenceAnswer {
  const reader = new WireReader(bytes);
  const checkpoint = reader.text();
  const entries: ProvenEntry[] = [];
  for (let left = Math.min(reader.u32(), MAX_EVIDENCE_ENTRIES); left > 0; left--) {
    entries.push({
      index: reader.u64(),
      entry: reader.bytes(reader.u32()),
      proof: reader.hashes(),
      records: reader.bytes(reader.u32()),
    });
  }
  reader.end();
  return { checkpoint, entries };
}
