import { concat, u16, u32, u64, u8, utf8 } from "@comity/protocol";
import { LogError } from "./logError.ts";
import { Tile } from "./tile.ts";

/** What a log's journal holds: first a header, where the sealed tiles end, then the commits since. */
export interface JournalHeader {
  /** A multiple of 256: everything before it is in full tiles and bundles. */
  readonly base: number;
  /** The growing tile of each level at `base`. */
  readonly levels: readonly Tile[];
  /** Newest note whose tree was wholly held, or "". */
  readonly checkpoint: string;
}

export interface Commit {
  readonly from: number;
  readonly entries: readonly Uint8Array[];
  /** The owner's note for the tree after these entries, or for a larger one to which `proof` leads. */
  readonly note: string;
  readonly proof: readonly Uint8Array[];
}

const HASH_BYTES = 32;

export function encodeHeader({ base, levels, checkpoint }: JournalHeader): Uint8Array {
  const note = utf8(checkpoint);
  const tiles = levels.flatMap((tile) => [u16(tile.count), tile.bytes(tile.count)]);
  return concat(u64(base), u8(levels.length), ...tiles, u16(note.length), note);
}

export function decodeHeader(frame: Uint8Array): JournalHeader {
  const reader = new Reader(frame);
  const base = reader.u64();
  const levels = reader.times(reader.uint(1), () => Tile.of(reader.bytes(reader.uint(2) * HASH_BYTES)));
  const header = { base, levels, checkpoint: reader.text(reader.uint(2)) };
  reader.end();
  return header;
}

export function encodeCommit({ from, entries, note, proof }: Commit): Uint8Array {
  const text = utf8(note);
  const parts = entries.flatMap((entry) => [u16(entry.length), entry]);
  return concat(u64(from), u32(entries.length), ...parts, u16(text.length), text, u8(proof.length), ...proof);
}

export function decodeCommit(frame: Uint8Array): Commit {
  const reader = new Reader(frame);
  const from = reader.u64();
  const entries = reader.times(reader.uint(4), () => reader.bytes(reader.uint(2)));
  const note = reader.text(reader.uint(2));
  const proof = reader.times(reader.uint(1), () => reader.bytes(HASH_BYTES));
  reader.end();
  return { from, entries, note, proof };
}

/** Reads our own frames, whose CRC has been checked: a mistake in them is damage or a defect, never input. */
class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  bytes(length: number): Uint8Array {
    const part = this.#bytes.slice(this.#at, this.#at + length);
    if (part.length !== length) throw new LogError("LOG_BROKEN", "a journal frame is cut short");
    this.#at += length;
    return part;
  }

  uint(length: 1 | 2 | 4): number {
    return this.bytes(length).reduce((value, byte) => value * 256 + byte, 0);
  }

  u64(): number {
    return this.uint(4) * 2 ** 32 + this.uint(4);
  }

  text(length: number): string {
    return new TextDecoder().decode(this.bytes(length));
  }

  times<T>(count: number, read: () => T): T[] {
    return Array.from({ length: count }, read);
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new LogError("LOG_BROKEN", "a journal frame is too long");
  }
}
