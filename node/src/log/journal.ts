import { randomBytes } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { concat, u32 } from "@comity/protocol";
import { readWhole, writeDurably } from "./durableFile.ts";
import { LogError } from "./logError.ts";

const HEADER_BYTES = 8;

export interface OpenedJournal {
  readonly journal: Journal;
  readonly frames: readonly Uint8Array[];
}

/**
 * A file that grows by one synced write at a time: `u32 key ‖ u32 CRC-32 of the key`, then frames, `u32 length ‖ u32 CRC-32 ‖ payload`, whose
 * CRCs go on from the key. So only the last frame can be torn: that one was never acknowledged and is cut off when the file is opened; any
 * other damage is fatal. The key is random and leaves no disk: or what others wrote into a torn payload could pass for a frame after it, and
 * so for damage.
 */
export class Journal {
  readonly #path: string;
  #file: FileHandle;
  #key: number;

  private constructor(path: string, file: FileHandle, key: number) {
    this.#path = path;
    this.#file = file;
    this.#key = key;
  }

  /** A new file in place of whatever was there; the old one is whole until the new one is. */
  static async create(path: string, frames: readonly Uint8Array[]): Promise<Journal> {
    const seed = randomBytes(4);
    const key = seed.readUInt32BE();
    await writeDurably(
      path,
      concat(seed, u32(crc32(seed)), ...frames.map((frame) => encodeFrame(frame, key))),
    );
    return new Journal(path, await open(path, "a"), key);
  }

  /** Undefined if there is none. */
  static async open(path: string): Promise<OpenedJournal | undefined> {
    const bytes = await readWhole(path);
    if (bytes === undefined) return undefined;
    const key = decodeKey(bytes);
    const { frames, end } = decodeFrames(bytes, key);
    const file = await open(path, "a");
    if (end < bytes.length) {
      await file.truncate(end);
      await file.sync();
    }
    return { journal: new Journal(path, file, key), frames };
  }

  /** Resolves once the frame is on disk. After a failure the file's state is unknown: it must be opened anew. */
  async append(frame: Uint8Array): Promise<void> {
    await this.#file.appendFile(encodeFrame(frame, this.#key));
    await this.#file.datasync();
  }

  async replace(frames: readonly Uint8Array[]): Promise<void> {
    const next = await Journal.create(this.#path, frames);
    await this.#file.close();
    this.#file = next.#file;
    this.#key = next.#key;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

function encodeFrame(payload: Uint8Array, key: number): Uint8Array {
  return concat(u32(payload.length), u32(crc32(payload, key)), payload);
}

/** It came with the file, by a rename: it is never torn. */
function decodeKey(bytes: Uint8Array): number {
  if (bytes.length < HEADER_BYTES) throw new LogError("LOG_BROKEN", "a journal has lost its beginning");
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  if (crc32(bytes.subarray(0, 4)) !== view.getUint32(4))
    throw new LogError("LOG_BROKEN", "a journal is damaged at its beginning");
  return view.getUint32(0);
}

function decodeFrames(bytes: Uint8Array, key: number): { frames: Uint8Array[]; end: number } {
  const frames: Uint8Array[] = [];
  let at = HEADER_BYTES;
  for (let payload = frameAt(bytes, at, key); payload !== undefined; payload = frameAt(bytes, at, key)) {
    frames.push(payload);
    at += HEADER_BYTES + payload.length;
  }
  // A write that the power cut short may be there in part and out of order, but nothing can be whole after it.
  for (let later = at + 1; later < bytes.length; later++) {
    if (frameAt(bytes, later, key)) throw new LogError("LOG_BROKEN", "a journal is damaged before its end");
  }
  return { frames, end: at };
}

/** The payload of the whole frame at this place. Empty ones, which nobody writes, are none: a file's tail may be zeros after a crash. */
function frameAt(bytes: Uint8Array, at: number, key: number): Uint8Array | undefined {
  if (at + HEADER_BYTES > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, HEADER_BYTES);
  const end = at + HEADER_BYTES + view.getUint32(0);
  if (end > bytes.length || end === at + HEADER_BYTES) return undefined;
  const payload = bytes.subarray(at + HEADER_BYTES, end);
  return crc32(payload, key) === view.getUint32(4) ? payload : undefined;
}
