import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readCheckpoint, sha256, toHex, utf8 } from "@comity/protocol";
import { writeDurably } from "../log/durableFile.ts";

/**
 * Signed notes of the trees that alerts name. Logs grow on, but whoever checks an alert later needs the note of just that size, so every
 * node that proposes or appraises keeps it.
 */
export class CheckpointArchive {
  readonly #directory: string;

  constructor(options: { readonly directory: string }) {
    this.#directory = options.directory;
  }

  async get(origin: string, size: number): Promise<string | undefined> {
    try {
      return await readFile(this.#path(origin, size), "utf8");
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw error;
    }
  }

  /** Keeps a note whose signature the caller has verified. Resolves once it is on disk. */
  async put(note: string): Promise<void> {
    const { origin, size } = readCheckpoint(note);
    await writeDurably(this.#path(origin, size), utf8(note));
  }

  #path(origin: string, size: number): string {
    return join(this.#directory, `${toHex(sha256(utf8(origin)))}-${size}.note`);
  }
}
