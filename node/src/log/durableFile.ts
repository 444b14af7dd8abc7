import { type FileHandle, mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";

/** Each is an open file, of which a process has a limited number. */
const SYNCED_AT_ONCE = 32;

/** Replaces a file by one rename, after which these bytes are what a reader finds, even when the power fails. */
export async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  await makeDirectory(dirname(path));
  await writeSynced(`${path}.tmp`, bytes);
  await rename(`${path}.tmp`, path);
  await sync(dirname(path));
}

/** Replaces a file by one rename, without waiting for the disk: for what can be made again. */
export async function writeVisibly(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(`${path}.tmp`, "w");
  try {
    await file.writeFile(bytes);
  } finally {
    await file.close();
  }
  await rename(`${path}.tmp`, path);
}

/** Makes a folder whose name, and those of its new parents, survive a power failure. */
export async function makeDirectory(path: string): Promise<void> {
  const made = await mkdir(path, { recursive: true });
  if (made === undefined) return;
  for (let folder = path; folder.length >= made.length; folder = dirname(folder)) {
    await sync(dirname(folder));
  }
}

/** Undefined if there is no such file. A plain array, not a Buffer, whose `slice` would share and retain all of it. */
export async function readWhole(path: string): Promise<Uint8Array | undefined> {
  try {
    const { buffer, byteOffset, length } = await readFile(path);
    return new Uint8Array(buffer, byteOffset, length);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Waits until these files, which were written without waiting, and their names are on disk. */
export async function syncAll(paths: readonly string[]): Promise<void> {
  for (let from = 0; from < paths.length; from += SYNCED_AT_ONCE)
    await Promise.all(paths.slice(from, from + SYNCED_AT_ONCE).map(sync));
  for (const folder of new Set(paths.map((path) => dirname(path)))) await sync(folder);
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "w");
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function sync(path: string): Promise<void> {
  const handle: FileHandle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
