import { type FileHandle, mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";

/** Replaces a file by one rename, after which these bytes are what a reader finds, even when the power fails. */
export async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  await makeDirectory(dirname(path));
  await writeSynced(`${path}.tmp`, bytes);
  await rename(`${path}.tmp`, path);
  await syncDirectory(dirname(path));
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
    await syncDirectory(dirname(folder));
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

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "w");
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(path: string): Promise<void> {
  const folder: FileHandle = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
