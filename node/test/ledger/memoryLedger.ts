import type { LedgerBlock } from "@comity/ledger";
import { encodeCanonical, sha256, toHex, type LedgerEvent } from "@comity/protocol";

type Answer = (args: readonly string[]) => unknown;

/** A ledger in memory: blocks that a test adds, answers that it gives. */
export class MemoryLedger {
  readonly chain: LedgerBlock[] = [];
  readonly answers = new Map<string, Answer>();
  readonly asked: string[] = [];
  #grown = Promise.withResolvers<undefined>();

  add(...events: LedgerEvent[]): LedgerBlock {
    const number = BigInt(this.chain.length);
    const previousHash = this.chain.at(-1)?.hash ?? "";
    const hash = toHex(sha256(Buffer.from(`${number}/${previousHash}/${JSON.stringify(events)}`)));
    const transaction = {
      id: `t${number}`,
      validationCode: 0,
      timestampMs: 1000 + Number(number),
      mspId: "M1",
      events,
    };
    const block = { number, hash, previousHash, transactions: [transaction] };
    this.chain.push(block);
    this.#grown.resolve(undefined);
    this.#grown = Promise.withResolvers<undefined>();
    return block;
  }

  evaluate(transaction: string, ...args: string[]): Promise<Uint8Array> {
    this.asked.push(transaction);
    const answer = this.answers.get(transaction);
    if (!answer) return Promise.reject(new Error(`nobody answers ${transaction}`));
    return Promise.resolve(encodeCanonical(answer(args)));
  }

  async *blocks({ from, signal }: { from: bigint; signal: AbortSignal }): AsyncGenerator<LedgerBlock> {
    const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    for (let next = Number(from); !signal.aborted;) {
      const block = this.chain[next];
      if (block) {
        next += 1;
        yield block;
      } else await Promise.race([this.#grown.promise, aborted]);
    }
  }
}

export function eventOf(type: LedgerEvent["type"], subject: string, document: { rev: number }): LedgerEvent {
  return { type, subject, rev: document.rev, hash: toHex(sha256(encodeCanonical(document))) };
}
