import { type FileHandle, open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { concat, DomainError, u32 } from "@comity/protocol";

export type SpoolErrorCode = "SPOOL_FULL" | "SPOOL_BROKEN";
export class SpoolError extends DomainError<SpoolErrorCode> {}

const HEADER_BYTES = 8;
const MAX_FRAME_BYTES = 4 * 1024 * 1024;

/** `u32 length ‖ u32 CRC-32 ‖ payload`. */
export function encodeFrame(payload: Uint8Array): Uint8Array {
  return concat(u32(payload.length), u32(crc32(payload)), payload);
}

export interface Frame {
  readonly payload: Uint8Array;
  /** Where the next frame begins. */
  readonly end: number;
}

/** The frame at this place of a file, or undefined where there is no whole one. */
export async function readFrame(file: FileHandle, at: number): Promise<Frame | undefined> {
  const header = await readExactly(file, at, HEADER_BYTES);
  if (header === undefined) return undefined;
  const view = new DataView(header.buffer);
  const length = view.getUint32(0);
  // Nobody writes an empty frame, but a file's tail may be zeros after a crash.
  if (length === 0 || length > MAX_FRAME_BYTES) return undefined;
  const payload = await readExactly(file, at + HEADER_BYTES, length);
  if (payload === undefined || crc32(payload) !== view.getUint32(4)) return undefined;
  return { payload, end: at + HEADER_BYTES + length };
}

async function readExactly(file: FileHandle, at: number, length: number): Promise<Uint8Array | undefined> {
  const bytes = new Uint8Array(length);
  const { bytesRead } = await file.read(bytes, 0, length, at);
  return bytesRead === length ? bytes : undefined;
}

/** Calls back for each whole frame and returns where the last of them ends. */
export async function scanFrames(path: string, each: (frame: Frame) => void): Promise<number> {
  await using file = await open(path, "r");
  let end = 0;
  for (let frame = await readFrame(file, 0); frame !== undefined; frame = await readFrame(file, end)) {
    each(frame);
    end = frame.end;
  }
  return end;
}
