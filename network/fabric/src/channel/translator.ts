import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Binaries, output } from "../process/binaries.ts";

/** Fabric's messages as JSON, by `configtxlator`. All methods throw FabricError BINARY_FAILED. */
export class Translator {
  readonly #command: string;
  readonly #folder: string;

  private constructor(binaries: Binaries, folder: string) {
    this.#command = binaries.configtxlator;
    this.#folder = folder;
  }

  /** With a folder of its own for the time of the work. */
  static async with<T>(binaries: Binaries, work: (translator: Translator) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), "comity-channel-"));
    try {
      return await work(new Translator(binaries, folder));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  file(name: string): string {
    return join(this.#folder, name);
  }

  async decode(type: string, file: string): Promise<unknown> {
    const to = this.file("decoded.json");
    await output(this.#command, ["proto_decode", "--type", type, "--input", file, "--output", to]);
    return JSON.parse(await readFile(to, "utf8"));
  }

  /** @returns the file */
  async encode(type: string, value: unknown, name: string): Promise<string> {
    const [from, to] = [this.file(`${name}.json`), this.file(name)];
    await writeFile(from, JSON.stringify(value));
    await output(this.#command, ["proto_encode", "--type", type, "--input", from, "--output", to]);
    return to;
  }

  /** The update that makes the second configuration of the first. @returns its file */
  async difference(channel: string, original: string, updated: string): Promise<string> {
    const to = this.file("update.pb");
    await output(this.#command, [
      ...["compute_update", "--channel_id", channel, "--original", original, "--updated", updated],
      ...["--output", to],
    ]);
    return to;
  }
}
