import { ClassicLevel } from "classic-level";
import { decodeCanonical, decimal, encodeCanonical, hex, integer, object } from "@comity/protocol";
import { MARKS_KEPT, type BlockMark } from "./blockMarks.ts";
import { changeKey, decodeChange, encodeChange, LedgerViewError, type Change } from "./change.ts";

const mark = object({
  height: decimal(2n ** 63n),
  hash: hex(32),
  seenMs: integer(0, Number.MAX_SAFE_INTEGER),
});

/** The view of the ledger on disk. A block's effects and its mark, which is the cursor, are one batch. */
export class ViewStore {
  readonly #db: ClassicLevel<string, Uint8Array>;

  constructor(directory: string) {
    this.#db = new ClassicLevel(directory, { keyEncoding: "utf8", valueEncoding: "view" });
  }

  async open(): Promise<void> {
    try {
      await this.#db.open();
    } catch (cause) {
      const text = "the stored view of the ledger cannot be opened: does another node run on the same data?";
      throw new LedgerViewError("LEDGER_STORE_INVALID", text, { cause });
    }
  }

  async close(): Promise<void> {
    await this.#db.close();
  }

  /** Everything stored: changes in any order, then marks from the oldest to the newest. */
  async *read(): AsyncGenerator<{ change: Change } | { mark: BlockMark }> {
    for await (const [key, value] of this.#db.iterator({ gte: "d!", lt: "d~" })) {
      yield { change: decodeChange(key.slice(2), value) };
    }
    for await (const value of this.#db.values({ gte: "m!", lt: "m~" })) {
      const { height, hash, seenMs } = mark(decodeCanonical(value, 1024));
      yield { mark: { height: BigInt(height), hash, seenMs } };
    }
  }

  /** Not synced: what a power failure takes is read from the ledger again. */
  async write(changes: readonly Change[], { height, hash, seenMs }: BlockMark): Promise<void> {
    const batch = this.#db.batch();
    for (const change of changes) batch.put(`d!${changeKey(change)}`, encodeChange(change));
    batch.put(markKey(height), encodeCanonical({ hash, height: height.toString(), seenMs }));
    if (height >= BigInt(MARKS_KEPT)) batch.del(markKey(height - BigInt(MARKS_KEPT)));
    await batch.write();
  }
}

function markKey(height: bigint): string {
  return `m!${height.toString().padStart(20, "0")}`;
}
