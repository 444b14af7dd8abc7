import { rm } from "node:fs/promises";
import { join } from "node:path";
import { decodeBundle, encodeBundle } from "./entryBundle.ts";
import { readWhole, writeDurably, writeVisibly } from "./durableFile.ts";
import { LogError } from "./logError.ts";
import { Tile } from "./tile.ts";
import { TILE_WIDTH, type TileName, tilePath } from "./tilePath.ts";

/** 16 KiB each. */
const CACHED_TILES = 16;

/** Full tiles and entry bundles of one log, as tlog-tiles lays them out. */
export class TileStore {
  readonly #directory: string;
  readonly #cache = new Map<string, Tile>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  async sealTile(level: number, index: number, tile: Tile): Promise<void> {
    await this.#seal({ level, index, width: TILE_WIDTH }, tile.bytes(TILE_WIDTH));
  }

  async sealBundle(index: number, entries: readonly Uint8Array[]): Promise<void> {
    await this.#seal({ level: "entries", index, width: TILE_WIDTH }, encodeBundle(entries));
  }

  /** Full tiles never change, so they are kept at hand, the longest unused one given up first. */
  async tile(level: number, index: number): Promise<Tile> {
    const path = tilePath({ level, index, width: TILE_WIDTH });
    const tile = this.#cache.get(path) ?? Tile.of(await this.#required(path, TILE_WIDTH * 32));
    this.#cache.delete(path);
    this.#cache.set(path, tile);
    for (const oldest of this.#cache.keys()) {
      if (this.#cache.size <= CACHED_TILES) break;
      this.#cache.delete(oldest);
    }
    return tile;
  }

  async bundle(index: number): Promise<Uint8Array[]> {
    const entries = decodeBundle(
      await this.#required(tilePath({ level: "entries", index, width: TILE_WIDTH })),
    );
    if (entries.length !== TILE_WIDTH) throw new LogError("LOG_BROKEN", `entry bundle ${index} is not full`);
    return entries;
  }

  /** Undefined if there is no such file. */
  async read(path: string): Promise<Uint8Array | undefined> {
    return readWhole(join(this.#directory, path));
  }

  /** For readers of the files only: what is published this way can be made again. */
  async publish(path: string, bytes: Uint8Array): Promise<void> {
    await writeVisibly(join(this.#directory, path), bytes);
  }

  async #seal(name: TileName, bytes: Uint8Array): Promise<void> {
    const path = join(this.#directory, tilePath(name));
    await writeDurably(path, bytes);
    await rm(`${path}.p`, { recursive: true, force: true });
  }

  async #required(path: string, sizeBytes?: number): Promise<Uint8Array> {
    const bytes = await this.read(path);
    if (bytes === undefined || (sizeBytes !== undefined && bytes.length !== sizeBytes)) {
      throw new LogError("LOG_BROKEN", `${path} is missing or cut short`);
    }
    return bytes;
  }
}
