import type { LedgerBlock } from "@comity/ledger";
import {
  type BondDocument,
  type DigestDocument,
  encodeCanonical,
  type LedgerEvent,
  sha256,
  toHex,
  type VenueDocument,
} from "@comity/protocol";
import type { LedgerBlocks } from "../src/projection/projection.ts";
import type { LedgerReader, LedgerWriter } from "../src/service/ledgerReader.ts";

export type Script = Record<string, (...args: string[]) => unknown>;

interface Document {
  readonly rev: number;
}

export interface WrittenDocument {
  readonly type: LedgerEvent["type"];
  readonly subject: string;
  readonly document: Document;
}

/** Where the contract of an event's type answers for what was written. */
const reads: readonly (readonly [prefix: string, transaction: string])[] = [
  ["bond-", "bond:ReadRevision"],
  ["venue-", "designation:ReadRevision"],
  ["notice-", "notice:ReadRevision"],
  ["alert-", "alert:Read"],
  ["digest-", "digest:Read"],
];

/** A ledger in memory that answers from a script, or from what a test has written; may be changed while it runs, and remembers what it was asked. */
export class ScriptedLedger implements LedgerReader, LedgerWriter, LedgerBlocks {
  readonly asked: string[] = [];
  readonly filed: string[] = [];
  readonly chain: LedgerBlock[] = [];
  readonly #documents = new Map<string, Document>();
  #grown = Promise.withResolvers<undefined>();
  #followed = Promise.withResolvers<undefined>();
  script: Script;

  constructor(script: Script) {
    this.script = script;
  }

  async evaluate(transaction: string, ...args: string[]): Promise<Uint8Array> {
    const question = [transaction, ...args].join(" ");
    this.asked.push(question);
    const scripted = this.script[transaction];
    const answer = scripted === undefined ? this.#documents.get(question) : await scripted(...args);
    return answer instanceof Uint8Array ? answer : encodeCanonical(answer);
  }

  submitIdempotent(transaction: string, ...args: string[]): Promise<unknown> {
    this.filed.push([transaction, ...args].join(" "));
    return Promise.resolve(this.script[transaction]?.(...args));
  }

  /** One block with everything that is given, in one transaction. */
  write(...written: readonly WrittenDocument[]): LedgerBlock {
    const events = written.map(({ type, subject, document }): LedgerEvent => {
      const transaction = reads.find(([prefix]) => type.startsWith(prefix))?.[1];
      const isByRevision = transaction?.endsWith(":ReadRevision") ?? false;
      const question = isByRevision
        ? `${transaction} ${subject} ${document.rev}`
        : `${transaction} ${subject}`;
      const answer = transaction === "alert:Read" ? { ...document, status: "open" } : document;
      if (transaction !== undefined) this.#documents.set(question, answer);
      return { type, subject, rev: document.rev, hash: toHex(sha256(encodeCanonical(document))) };
    });
    return this.commit(...events);
  }

  commit(...events: readonly LedgerEvent[]): LedgerBlock {
    const number = BigInt(this.chain.length);
    const previousHash = this.chain.at(-1)?.hash ?? "";
    const hash = toHex(sha256(Buffer.from(`${number}/${previousHash}/${JSON.stringify(events)}`)));
    const transaction = {
      id: `t${number}`,
      validationCode: 0,
      timestampMs: 1_000 * this.chain.length,
      mspId: "M",
      events,
    };
    const block = { number, hash, previousHash, transactions: [transaction] };
    this.chain.push(block);
    this.#followed = Promise.withResolvers<undefined>();
    this.#grown.resolve(undefined);
    this.#grown = Promise.withResolvers<undefined>();
    return block;
  }

  /** Until somebody has taken in all blocks, and waits for the next one. */
  followed(): Promise<undefined> {
    return this.#followed.promise;
  }

  async *blocks({ from, signal }: { from: bigint; signal: AbortSignal }): AsyncGenerator<LedgerBlock> {
    this.#followed = Promise.withResolvers<undefined>();
    const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    for (let next = Number(from); !signal.aborted;) {
      const block = this.chain[next];
      if (block) {
        next += 1;
        yield block;
      } else {
        const grown = this.#grown.promise;
        this.#followed.resolve(undefined);
        await Promise.race([grown, aborted]);
      }
    }
  }
}

export function writtenBond(
  type: "bond-posted" | "bond-accepted" | "bond-swept" | "bond-released",
  document: BondDocument,
): WrittenDocument {
  return { type, subject: document.bondId, document };
}

const venueEvents = {
  nominated: "venue-nominated",
  served: "venue-served",
  voting: "venue-vote-opened",
  designated: "venue-decided",
  rejected: "venue-decided",
  listed: "venue-published",
  delisting: "venue-vote-opened",
  "delisting-decided": "venue-decided",
  delisted: "venue-published",
} as const satisfies Record<VenueDocument["status"], LedgerEvent["type"]>;

export function writtenVenue(document: VenueDocument): WrittenDocument {
  return { type: venueEvents[document.status], subject: document.venueId, document };
}

export function writtenDigest(document: DigestDocument): WrittenDocument {
  return { type: "digest-filed", subject: document.statement.registry, document };
}
