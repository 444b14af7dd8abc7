import { EMPTY_ROOT, nodeHash } from "@comity/protocol";
import { Tile } from "./tile.ts";
import { TILE_WIDTH } from "./tilePath.ts";

export interface FullTile {
  readonly level: number;
  readonly index: number;
  readonly tile: Tile;
}

/** The right edge of a tree: the tile that grows at each level, and full tiles that are not on disk yet. */
export class Edge {
  readonly #levels: Tile[];
  readonly #full: FullTile[];
  #size: number;
  #root: Uint8Array | undefined;

  constructor(size = 0, levels: readonly Tile[] = [], full: readonly FullTile[] = []) {
    this.#size = size;
    this.#levels = [...levels];
    this.#full = [...full];
  }

  get size(): number {
    return this.#size;
  }

  get levels(): readonly Tile[] {
    return this.#levels;
  }

  get full(): readonly FullTile[] {
    return this.#full;
  }

  /** An independent copy, to try what may be refused. */
  copy(): Edge {
    return new Edge(
      this.#size,
      this.#levels.map((tile) => new Tile(tile)),
      this.#full,
    );
  }

  /** The same edge once its full tiles are on disk. */
  sealed(): Edge {
    return new Edge(this.#size, this.#levels);
  }

  append(leaf: Uint8Array): void {
    this.#root = undefined;
    let hash: Uint8Array | undefined = leaf;
    for (let level = 0; hash !== undefined; level++) hash = this.#appendAt(level, hash);
    this.#size++;
  }

  #appendAt(level: number, hash: Uint8Array): Uint8Array | undefined {
    const tile = (this.#levels[level] ??= new Tile());
    tile.append(hash);
    if (!tile.isFull) return undefined;
    this.#full.push({ level, index: tileIndex(this.#size, level), tile });
    this.#levels[level] = new Tile();
    return tile.root;
  }

  /** A tile that is in memory. */
  tile(level: number, index: number): Tile | undefined {
    if (index === tileIndex(this.#size, level)) return this.#levels[level];
    return this.#full.find((full) => full.level === level && full.index === index)?.tile;
  }

  root(): Uint8Array {
    return (this.#root ??= rootOf(this.#levels));
  }
}

function rootOf(levels: readonly Tile[]): Uint8Array {
  const subtrees = levels.toReversed().flatMap(completeSubtrees);
  const last = subtrees.pop();
  return last === undefined ? EMPTY_ROOT : subtrees.reduceRight((right, left) => nodeHash(left, right), last);
}

/** Index of the tile that holds, or will hold, the next hash of a level in a tree of this size. */
export function tileIndex(size: number, level: number): number {
  return Math.floor(size / TILE_WIDTH ** (level + 1));
}

/** Roots of the largest complete subtrees of a tile, largest first. */
function completeSubtrees(tile: Tile): Uint8Array[] {
  const roots: Uint8Array[] = [];
  let start = 0;
  for (let height = 7; height >= 0; height--) {
    if ((tile.count & (1 << height)) === 0) continue;
    roots.push(tile.node(height, start >> height));
    start += 1 << height;
  }
  return roots;
}
