import {
  BUCKET_LAG,
  bucketOf,
  encodeCanonical,
  LEDGER_EVENT,
  type LedgerEventType,
  MAX_LEDGER_TIME_MS,
  policyTime,
  sha256,
  toHex,
  utf8,
} from "@comity/protocol";
import { Context } from "fabric-contract-api";
import { canonicalText } from "./canonicalText.ts";
import { LedgerError } from "./ledgerError.ts";
import { type Network, servedNetwork } from "./network.ts";
import { OrderedIndex } from "./orderedIndex.ts";
import { Revisions } from "./revisions.ts";
import { type KeyParts, type Revised, Table, type TableDefinition } from "./table.ts";
import { tables } from "./tables.ts";

/** When a transaction takes place: by its client's claim, which closed buckets bound. */
export interface TransactionTime {
  readonly realMs: number;
  readonly policyMs: number;
}

/** A document that was written, and what happened to it. */
export interface Change {
  readonly type: LedgerEventType;
  readonly subject: string;
  readonly document: Revised;
}

/** Where a document and its earlier revisions are. */
export interface RevisedTables<T extends Revised> {
  readonly current: TableDefinition<T>;
  readonly superseded: TableDefinition<T>;
}

/** What a transaction works with: typed state, the network, its own time, its one event. */
export class LedgerContext extends Context {
  get network(): Network {
    return servedNetwork();
  }

  table<T extends Revised>(definition: TableDefinition<T>): Table<T> {
    return new Table(definition, this.stub);
  }

  /** Of a kind of document whose revisions are kept. */
  revisions<T extends Revised>({ current, superseded }: RevisedTables<T>): Revisions<T> {
    return new Revisions(this.table(current), this.table(superseded));
  }

  index(...prefix: KeyParts): OrderedIndex {
    return new OrderedIndex(this.stub, ...prefix);
  }

  /**
   * The time of a transaction that records or judges one. Its bucket must be open: once a bucket is closed, whatever was endorsed in it
   * and held back fails at commit, because it read the key's absence.
   */
  async time(): Promise<TransactionTime> {
    const { clock } = this.network.genesis;
    const realMs = this.realMs();
    const policyMs = policyTime(clock, realMs);
    const bucket = bucketOf(clock, realMs);
    if (bucket < bucketOf(clock, clock.originMs) || policyMs > MAX_LEDGER_TIME_MS)
      throw new LedgerError("TIME_INVALID", "the time lies outside this network's");
    if (await this.isClosed(bucket))
      throw new LedgerError("BUCKET_CLOSED", `bucket ${bucket} is closed: propose again`);
    return { realMs, policyMs };
  }

  /** Whether the closing of buckets lags, so that the transaction's claim of its time is bounded less tightly. */
  async isDegraded(): Promise<boolean> {
    const { clock } = this.network.genesis;
    const lagging = bucketOf(clock, this.realMs()) - BUCKET_LAG;
    return lagging >= bucketOf(clock, clock.originMs) && !(await this.isClosed(lagging));
  }

  async isClosed(bucket: number): Promise<boolean> {
    return (await this.table(tables.closed).find(bucket)) !== undefined;
  }

  /** The client's timestamp; `time` also checks it. */
  realMs(): number {
    const { seconds, nanos } = this.stub.getTxTimestamp();
    return seconds.toNumber() * 1000 + Math.floor(nanos / 1_000_000);
  }

  /** Sets the transaction's one event: Fabric keeps only the last. */
  emit(type: LedgerEventType, subject: string, document: Revised): void {
    this.emitAll([{ type, subject, document }]);
  }

  /** The same for a transaction that writes several documents. */
  emitAll(changes: readonly Change[]): void {
    const events = changes.map(({ type, subject, document }) => {
      return { type, subject, rev: document.rev, hash: toHex(sha256(utf8(canonicalText(document)))) };
    });
    this.stub.setEvent(LEDGER_EVENT, encodeCanonical({ events }));
  }
}
