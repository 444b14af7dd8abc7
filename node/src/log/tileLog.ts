import { join } from "node:path";
import {
  type Checkpoint,
  equalBytes,
  leafHash,
  readCheckpoint,
  toHex,
  utf8,
  verifyConsistency,
} from "@comity/protocol";
import { Edge, tileIndex } from "./edge.ts";
import { encodeBundle } from "./entryBundle.ts";
import { type Commit, decodeCommit, decodeHeader, encodeCommit, encodeHeader } from "./frame.ts";
import { Journal, type OpenedJournal } from "./journal.ts";
import { LogError } from "./logError.ts";
import { Tile } from "./tile.ts";
import { parseTilePath, TILE_WIDTH, type TileName, tilePath } from "./tilePath.ts";
import { TileStore } from "./tileStore.ts";
import { consistencyPath, inclusionPath, type NodeReader, rangeHash } from "./treeProof.ts";

/** Opens a note with the key of the log's owner, or throws. */
export type OpenNote = (note: string) => Checkpoint;
export interface Tree {
  readonly size: number;
  readonly root: Uint8Array;
}
/** Judges the tree that a commit would lead to: gives the note for it, or throws and nothing has happened. */
export type Seal = (tree: Tree) => { readonly note: string; readonly proof: readonly Uint8Array[] };

const MAX_ENTRIES_AT_ONCE = 65_536;

/**
 * One log on disk. A commit is one synced write to the journal: that is when it happened. Full tiles and bundles are written from it, and the
 * journal then starts again after them; partial tiles and the `checkpoint` file are a view for readers of files that `publish` refreshes.
 * Commits and `publish` must not overlap; reads may.
 */
export class TileLog {
  readonly #journal: Journal;
  readonly #store: TileStore;
  #edge: Edge;
  /** Entries that no sealed bundle holds. */
  #tail: { readonly from: number; readonly entries: readonly Uint8Array[] };
  #covered = "";
  #newest = "";
  #published = "";
  #failure: Error | undefined;

  private constructor(journal: Journal, store: TileStore, edge: Edge) {
    this.#journal = journal;
    this.#store = store;
    this.#edge = edge;
    this.#tail = { from: edge.size, entries: [] };
  }

  /**
   * Opens the log in this folder, or makes an empty one. What the last write left unfinished is finished or, where that write itself was
   * cut short, dropped; every note is checked against the tree that the files give.
   * @throws LogError LOG_BROKEN
   */
  static async open(directory: string, openNote: OpenNote): Promise<TileLog> {
    const path = join(directory, "journal");
    const store = new TileStore(directory);
    const found = await Journal.open(path);
    if (found !== undefined) return TileLog.#recover(found, store, openNote);
    if (await store.read("checkpoint")) throw new LogError("LOG_BROKEN", "a log has lost its journal");
    const journal = await Journal.create(path, [encodeHeader({ base: 0, levels: [], checkpoint: "" })]);
    return new TileLog(journal, store, new Edge());
  }

  static async #recover(
    { journal, frames }: OpenedJournal,
    store: TileStore,
    openNote: OpenNote,
  ): Promise<TileLog> {
    try {
      const [first, ...rest] = frames;
      if (first === undefined) throw new LogError("LOG_BROKEN", "a journal has lost its header");
      const header = decodeHeader(first);
      const log = new TileLog(journal, store, new Edge(header.base, header.levels));
      log.#covered = log.#newest = header.checkpoint;
      const commits = rest.map(decodeCommit);
      for (const commit of commits) log.#replay(commit, openNote);
      await log.#verify(header.base, openNote);
      if (log.#edge.full.length > 0) await log.#sealFull(log.#newest, commits.at(-1)?.proof ?? []);
      return log;
    } catch (error) {
      await journal.close();
      throw error;
    }
  }

  get size(): number {
    return this.#edge.size;
  }

  get root(): Uint8Array {
    return this.#edge.root();
  }

  /** Newest note whose tree is wholly here, or "". */
  get checkpoint(): string {
    return this.#covered;
  }

  /** Newest note that was committed; its tree may be larger than what is here. */
  get newestNote(): string {
    return this.#newest;
  }

  async commit(entries: readonly Uint8Array[], seal: Seal): Promise<void> {
    if (this.#failure) throw new LogError("LOG_BROKEN", "this log has failed", { cause: this.#failure });
    const edge = this.#edge.copy();
    for (const entry of entries) edge.append(leafHash(entry));
    const { note, proof } = seal({ size: edge.size, root: edge.root() });
    try {
      await this.#journal.append(encodeCommit({ from: this.size, entries, note, proof }));
      this.#accept(edge, entries, note);
      if (edge.full.length > 0) await this.#sealFull(note, proof);
    } catch (cause) {
      this.#failure = cause instanceof Error ? cause : new Error(String(cause));
      throw new LogError("LOG_BROKEN", "this log cannot be written", { cause });
    }
  }

  async entries(from: number, to: number): Promise<Uint8Array[]> {
    if (from < 0 || from > to || to > this.size || to - from > MAX_ENTRIES_AT_ONCE) {
      throw new LogError("LOG_RANGE", `[${from}, ${to}) is not in the log of ${this.size}, or is too much`);
    }
    const found: Uint8Array[] = [];
    let at = from;
    // Bundles may be sealed while we read: what the tail begins with is asked for anew each time.
    for (; at < Math.min(to, this.#tail.from); at = Math.floor(at / TILE_WIDTH + 1) * TILE_WIDTH) {
      const start = Math.floor(at / TILE_WIDTH) * TILE_WIDTH;
      found.push(...(await this.#store.bundle(start / TILE_WIDTH)).slice(at - start, to - start));
    }
    const tail = this.#tail;
    return [...found, ...tail.entries.slice(from + found.length - tail.from, to - tail.from)];
  }

  async rootAt(size: number): Promise<Uint8Array> {
    this.#assertSize(0, size);
    return rangeHash(this.#node, 0, size);
  }

  async inclusion(index: number, size: number): Promise<Uint8Array[]> {
    this.#assertSize(index + 1, size);
    return inclusionPath(this.#node, index, size);
  }

  async consistency(fromSize: number, size: number): Promise<Uint8Array[]> {
    this.#assertSize(fromSize, size);
    return consistencyPath(this.#node, fromSize, size);
  }

  async resource(path: string): Promise<Uint8Array | undefined> {
    if (path === "checkpoint") return this.#covered === "" ? undefined : utf8(this.#covered);
    const name = parseTilePath(path);
    if (name === undefined) return undefined;
    const held = name.level === "entries" ? this.size : hashesAt(this.size, name.level);
    return name.index * TILE_WIDTH + name.width > held ? undefined : this.#resource(name);
  }

  /** Brings the `checkpoint` file and the partial tiles that it needs up to date. */
  async publish(): Promise<void> {
    const note = this.#covered;
    if (note === this.#published) return;
    for (const name of partialTiles(readCheckpoint(note).size))
      await this.#store.publish(tilePath(name), await this.#resource(name));
    await this.#store.publish("checkpoint", utf8(note));
    this.#published = note;
  }

  async close(): Promise<void> {
    await this.#journal.close();
  }

  readonly #node: NodeReader = async (height, index) => {
    const level = Math.floor(height / 8);
    const within = TILE_WIDTH >> (height % 8);
    const tile = await this.#tile(level, Math.floor(index / within));
    return tile.node(height % 8, index % within);
  };

  async #tile(level: number, index: number): Promise<Tile> {
    return this.#edge.tile(level, index) ?? this.#store.tile(level, index);
  }

  async #resource({ level, index, width }: TileName): Promise<Uint8Array> {
    const from = index * TILE_WIDTH;
    if (level === "entries") return encodeBundle(await this.entries(from, from + width));
    return (await this.#tile(level, index)).bytes(width);
  }

  #replay({ from, entries, note, proof }: Commit, openNote: OpenNote): void {
    if (from !== this.size) throw new LogError("LOG_BROKEN", "a journal skips entries");
    const edge = this.#edge.copy();
    for (const entry of entries) edge.append(leafHash(entry));
    if (!leadsTo({ size: edge.size, root: edge.root() }, openNote(note), proof)) {
      throw new LogError(
        "LOG_BROKEN",
        "a journal's entries contradict the checkpoint that was signed for them",
      );
    }
    this.#accept(edge, entries, note);
  }

  #accept(edge: Edge, entries: readonly Uint8Array[], note: string): void {
    this.#tail = { from: this.#tail.from, entries: [...this.#tail.entries, ...entries] };
    this.#edge = edge;
    this.#newest = note;
    if (readCheckpoint(note).size === edge.size) this.#covered = note;
  }

  /** What the journal itself cannot show: that sealed files fit it, and that nothing was published beyond it. */
  async #verify(base: number, openNote: OpenNote): Promise<void> {
    if (base > 0) {
      const last = base / TILE_WIDTH - 1;
      const tile = new Tile();
      for (const entry of await this.#store.bundle(last)) tile.append(leafHash(entry));
      assertSame(tile.root, await this.#node(8, last), "the last entry bundle");
    }
    const published = await this.#store.read("checkpoint");
    this.#published = published === undefined ? "" : new TextDecoder().decode(published);
    for (const note of new Set([this.#covered, this.#published])) {
      if (note !== "") await this.#verifyNote(openNote(note));
    }
  }

  async #verifyNote({ size, root }: Checkpoint): Promise<void> {
    if (size > this.size)
      throw new LogError("LOG_BROKEN", `a checkpoint of ${size} entries was signed, ${this.size} are here`);
    assertSame(await this.rootAt(size), root, `the checkpoint of ${size} entries`);
  }

  async #sealFull(note: string, proof: readonly Uint8Array[]): Promise<void> {
    const { from, entries } = this.#tail;
    for (const { level, index, tile } of this.#edge.full) {
      await this.#store.sealTile(level, index, tile);
      const start = index * TILE_WIDTH - from;
      if (level === 0) await this.#store.sealBundle(index, entries.slice(start, start + TILE_WIDTH));
    }
    const base = tileIndex(this.size, 0) * TILE_WIDTH;
    const rest = entries.slice(base - from);
    const levels = this.#edge.levels.map((tile, level) => (level === 0 ? new Tile() : tile));
    await this.#journal.replace([
      encodeHeader({ base, levels, checkpoint: this.#covered }),
      encodeCommit({ from: base, entries: rest, note, proof }),
    ]);
    this.#tail = { from: base, entries: rest };
    this.#edge = this.#edge.sealed();
  }

  #assertSize(least: number, size: number): void {
    if (least < 0 || least > size || size > this.size) {
      throw new LogError("LOG_RANGE", `${least} … ${size} is not in the log of ${this.size}`);
    }
  }
}

/** Whether a tree is that of the checkpoint, or the proof shows that the checkpoint's tree continues it. */
export function leadsTo(tree: Tree, checkpoint: Checkpoint, proof: readonly Uint8Array[]): boolean {
  const { size, root } = checkpoint;
  return verifyConsistency({ fromSize: tree.size, fromRoot: tree.root, size, root, proof });
}

function hashesAt(size: number, level: number): number {
  return Math.floor(size / TILE_WIDTH ** level);
}

function partialTiles(size: number): TileName[] {
  const names: TileName[] = [];
  for (let level = 0; hashesAt(size, level) > 0; level++) {
    const count = hashesAt(size, level);
    const name = { index: Math.floor(count / TILE_WIDTH), width: count % TILE_WIDTH };
    if (name.width === 0) continue;
    names.push({ level, ...name });
    if (level === 0) names.push({ level: "entries", ...name });
  }
  return names;
}

function assertSame(computed: Uint8Array, expected: Uint8Array, what: string): void {
  if (equalBytes(computed, expected)) return;
  throw new LogError("LOG_BROKEN", `${what} is not that of the tree on this disk (${toHex(computed)})`);
}
