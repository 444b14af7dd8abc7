/** What is remembered of a block. */
export interface BlockMark {
  readonly height: bigint;
  readonly hash: string;
  /** When this node saw it, but not later than the block's own transactions say, so that catching up makes no old block look new. */
  readonly seenMs: number;
}

/** Statements name blocks at most some minutes old; this many are days of a quiet ledger and an hour of a busy one. */
export const MARKS_KEPT = 16_384;

/** The newest blocks, up to a limit. */
export class BlockMarks {
  readonly #marks = new Map<bigint, BlockMark>();
  #last: BlockMark | undefined;

  add(mark: BlockMark): void {
    this.#marks.set(mark.height, mark);
    this.#marks.delete(mark.height - BigInt(MARKS_KEPT));
    this.#last = mark;
  }

  get last(): BlockMark | undefined {
    return this.#last;
  }

  at(height: bigint): BlockMark | undefined {
    return this.#marks.get(height);
  }
}
