import { chmod, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { DomainError } from "@comity/protocol";

export class SecretFileError extends DomainError<"SECRET_FILE_MODE"> {}

/**
 * A file that only its owner may read, or undefined if there is none.
 * @throws SecretFileError SECRET_FILE_MODE where others may read it
 */
export async function readSecret(path: string): Promise<Uint8Array | undefined> {
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) {
      throw new SecretFileError("SECRET_FILE_MODE", `${path} can be read by others: it must have mode 0600`);
    }
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Replaces a file by one rename, after which these bytes are what a reader finds, even when the power fails. */
export async function writeSecret(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.tmp`;
  const file = await open(temporary, "w", 0o600);
  try {
    // A file left by a crash keeps the mode that it had.
    await chmod(temporary, 0o600);
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncDirectory(dirname(path));
}

/** Forgets a secret as far as a file system can. */
export async function removeSecret(path: string): Promise<void> {
  await rm(path, { force: true });
  await syncDirectory(dirname(path)).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
}

async function syncDirectory(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
