import type { ClassicLevel } from "classic-level";
import { del, type Operation, put } from "./operation.ts";

/** A private value and its hash that leave the state at a block, unless they are written again before. */
export interface Expiry {
  readonly namespace: string;
  readonly collection: string;
  readonly keyHash: Buffer;
  /** "" where the value never came. */
  readonly key: string;
  /** The block that wrote them. */
  readonly writtenIn: number;
}

/** Fabric: core/ledger/kvledger/txmgmt/pvtstatepurgemgmt/expiry_keeper.go. */
export class ExpirySchedule {
  readonly #db: ClassicLevel<Buffer, Buffer>;

  constructor(db: ClassicLevel<Buffer, Buffer>) {
    this.#db = db;
  }

  async due(block: number): Promise<Expiry[]> {
    const entries = await this.#db.iterator(rangeOf(block)).all();
    return entries.map(([key, value]) => decode(key, value));
  }

  /** What goes with a block: those that were due, and what it schedules. */
  async replacing(block: number, scheduled: ReadonlyMap<number, readonly Expiry[]>): Promise<Operation[]> {
    const done = (await this.#db.keys(rangeOf(block)).all()).map(del);
    const added = [...scheduled].flatMap(([at, expiries]) =>
      expiries.map((expiry) => put(keyOf(at, expiry), valueOf(expiry))),
    );
    return [...done, ...added];
  }
}

function start(block: number): Buffer {
  const key = Buffer.alloc(10);
  key.write("e/", "latin1");
  key.writeBigUInt64BE(BigInt(block), 2);
  return key;
}

function rangeOf(block: number): { gte: Buffer; lt: Buffer } {
  return { gte: start(block), lt: start(block + 1) };
}

function keyOf(block: number, { namespace, collection, keyHash }: Expiry): Buffer {
  return Buffer.concat([start(block), Buffer.from(`${namespace}\0${collection}\0`), keyHash]);
}

function valueOf({ writtenIn, key }: Expiry): Buffer {
  const encoded = Buffer.alloc(8);
  encoded.writeBigUInt64BE(BigInt(writtenIn));
  return Buffer.concat([encoded, Buffer.from(key)]);
}

function decode(key: Buffer, value: Buffer): Expiry {
  const names = key.subarray(10, key.length - 33).toString();
  const [namespace = "", collection = ""] = names.split("\0");
  return {
    namespace,
    collection,
    keyHash: key.subarray(key.length - 32),
    key: value.subarray(8).toString(),
    writtenIn: Number(value.readBigUInt64BE(0)),
  };
}
