import { nodeHash } from "@comity/protocol";
import { TILE_WIDTH } from "./tilePath.ts";

const HASH_BYTES = 32;
const HEIGHT = 8;
const NODES = 2 * TILE_WIDTH - 1;

/** Where the nodes of one height begin: 256 hashes, then their 128 parents, … up to the one root. */
const startOf = (height: number): number => 2 * TILE_WIDTH - ((2 * TILE_WIDTH) >> height);

/** A subtree of height 8 that grows from the left, with every inner node that is complete. */
export class Tile {
  readonly #nodes: Uint8Array;
  #count: number;

  constructor(copied?: Tile) {
    this.#nodes = copied ? copied.#nodes.slice() : new Uint8Array(NODES * HASH_BYTES);
    this.#count = copied ? copied.#count : 0;
  }

  static of(hashes: Uint8Array): Tile {
    const tile = new Tile();
    for (let at = 0; at < hashes.length; at += HASH_BYTES) tile.append(hashes.subarray(at, at + HASH_BYTES));
    return tile;
  }

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count === TILE_WIDTH;
  }

  append(hash: Uint8Array): void {
    let index = this.#count++;
    this.#set(0, index, hash);
    for (let height = 0; index % 2 === 1; height++) {
      const parent = nodeHash(this.node(height, index - 1), this.node(height, index));
      index >>= 1;
      this.#set(height + 1, index, parent);
    }
  }

  node(height: number, index: number): Uint8Array {
    const at = (startOf(height) + index) * HASH_BYTES;
    return this.#nodes.slice(at, at + HASH_BYTES);
  }

  get root(): Uint8Array {
    return this.node(HEIGHT, 0);
  }

  /** The tile's file: its first `width` hashes. */
  bytes(width: number): Uint8Array {
    return this.#nodes.slice(0, width * HASH_BYTES);
  }

  #set(height: number, index: number, hash: Uint8Array): void {
    this.#nodes.set(hash, (startOf(height) + index) * HASH_BYTES);
  }
}
