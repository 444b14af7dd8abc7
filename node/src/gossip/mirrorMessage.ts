import { concat, u64 } from "@comity/protocol";
import { WireError, wireBytes, wireHashes, WireReader, wireText } from "./wire.ts";

export interface MirrorItem {
  readonly entry: Uint8Array;
  readonly records: Uint8Array;
}

/** What the owner of a log pushes to a mirror; without a checkpoint it only asks for the mirror's size. */
export interface MirrorRequest {
  readonly origin: string;
  readonly from: number;
  /** Signed note, of the tree after these items or of a larger one. */
  readonly checkpoint: string;
  /** That the tree after these items is a prefix of the checkpoint's. */
  readonly proof: readonly Uint8Array[];
  readonly items: readonly MirrorItem[];
}

export const MAX_MIRROR_ITEMS = 512;

export function encodeMirrorRequest(request: MirrorRequest): Uint8Array {
  return concat(
    wireText(request.origin),
    u64(request.from),
    wireText(request.checkpoint),
    wireHashes(request.proof),
    ...request.items.flatMap(({ entry, records }) => [wireBytes(entry), wireBytes(records)]),
  );
}

/** @throws WireError */
export function decodeMirrorRequest(bytes: Uint8Array): MirrorRequest {
  const reader = new WireReader(bytes);
  const head = {
    origin: reader.text(),
    from: reader.u64(),
    checkpoint: reader.text(),
    proof: reader.hashes(),
  };
  const items: MirrorItem[] = [];
  while (!reader.isAtEnd) {
    if (items.length === MAX_MIRROR_ITEMS) throw new WireError("WIRE_MALFORMED", "too many items");
    items.push({ entry: reader.bytes(reader.u32()), records: reader.bytes(reader.u32()) });
  }
  return { ...head, items };
}

export const encodeMirrorAnswer = (size: number): Uint8Array => u64(size);

/** @throws WireError */
export function decodeMirrorAnswer(bytes: Uint8Array): number {
  const reader = new WireReader(bytes);
  const size = reader.u64();
  reader.end();
  return size;
}
