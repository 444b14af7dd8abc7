import { sha256 } from "../wire/hash.ts";

/**
 * Grows by leaves, and holds no more than `maxDegree` hashes of a level: one more and they become one of the next.
 * Fabric: core/ledger/kvledger/txmgmt/rwsetutil/query_results_helper.go, merkleTree.
 */
export class MerkleTree {
  readonly #maxDegree: number;
  /** Leaves first. */
  readonly #levels: Buffer[][] = [[]];

  constructor(maxDegree: number) {
    this.#maxDegree = maxDegree;
  }

  get isEmpty(): boolean {
    return this.#levels.length === 1 && this.#at(0).length === 0;
  }

  add(leaf: Buffer): void {
    this.#at(0).push(leaf);
    for (let level = 0; this.#at(level).length > this.#maxDegree; level++) this.#combine(level);
  }

  /** Carries all that is left to the highest level. Call it last and once. */
  summary(): { readonly level: number; readonly hashes: readonly Buffer[] } {
    for (let level = 0; level < this.#levels.length - 1; level++) this.#carry(level);
    const highest = this.#levels.length - 1;
    if (this.#at(highest).length > this.#maxDegree) this.#combine(highest);
    return { level: this.#levels.length, hashes: this.#at(this.#levels.length - 1) };
  }

  /** A single hash rises as it is. */
  #carry(level: number): void {
    const hashes = this.#at(level);
    if (hashes.length > 1) this.#combine(level);
    else this.#at(level + 1).push(...hashes.splice(0));
  }

  #combine(level: number): void {
    const combined = sha256(...this.#at(level).splice(0));
    if (level + 1 === this.#levels.length) this.#levels.push([]);
    this.#at(level + 1).push(combined);
  }

  #at(level: number): Buffer[] {
    return this.#levels[level] ?? [];
  }
}
