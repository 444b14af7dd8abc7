import type { ClassicLevel } from "classic-level";
import { sha256 } from "../wire/hash.ts";
import { del, type Operation } from "./operation.ts";

/** Fabric's peer.gossip.pvtData.transientstoreMaxBlockRetention: an endorsed transaction that nobody submits is forgotten then. */
const retentionBlocks = 1000;
const prefix = "x/";

/** Values of endorsed transactions, from their endorsement until their block. Fabric: core/transientstore. */
export class TransientStore {
  readonly #db: ClassicLevel<Buffer, Buffer>;

  constructor(db: ClassicLevel<Buffer, Buffer>) {
    this.#db = db;
  }

  /** Of one transaction several may be kept: whether one is the endorsed one, its hash in the block says. */
  async keep(txId: string, height: number, privateResults: Uint8Array): Promise<void> {
    const key = Buffer.concat([start(txId), sha256(privateResults)]);
    const endorsedAt = Buffer.alloc(8);
    endorsedAt.writeBigUInt64BE(BigInt(height));
    await this.#db.put(key, Buffer.concat([endorsedAt, privateResults]), { sync: true });
  }

  /** TxPvtReadWriteSet bytes. */
  async find(txId: string): Promise<Uint8Array[]> {
    const values = await this.#db.values(rangeOf(txId)).all();
    return values.map((value) => value.subarray(8));
  }

  /** What goes with a block: its transactions', and from time to time what is too old. */
  async forgetting(txIds: readonly string[], block: number): Promise<Operation[]> {
    const keys: Buffer[] = [];
    for (const txId of txIds) keys.push(...(await this.#db.keys(rangeOf(txId)).all()));
    if (block > retentionBlocks && block % retentionBlocks === 0) {
      keys.push(...(await this.#olderThan(block - retentionBlocks)));
    }
    return keys.map(del);
  }

  async #olderThan(height: number): Promise<Buffer[]> {
    const old: Buffer[] = [];
    const all = { gte: Buffer.from(prefix), lt: Buffer.from("x0") };
    for await (const [key, value] of this.#db.iterator(all)) {
      if (value.readBigUInt64BE(0) < BigInt(height)) old.push(key);
    }
    return old;
  }
}

function start(txId: string): Buffer {
  return Buffer.from(`${prefix}${txId}\0`);
}

function rangeOf(txId: string): { gte: Buffer; lt: Buffer } {
  return { gte: start(txId), lt: Buffer.from(`${prefix}${txId}\x01`) };
}
