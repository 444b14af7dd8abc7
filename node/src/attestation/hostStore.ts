import {
  decodeEntry,
  decodeRecords,
  equalBytes,
  fromHex,
  type LogEntry,
  sha256,
  toHex,
  utf8,
} from "@comity/protocol";
import { ClassicLevel } from "classic-level";
import { type EvidenceLogs, LogError } from "../log/index.ts";
import { Turns } from "../log/turns.ts";
import type { Issued } from "./nonceEpochs.ts";
import { fromDocument, type HostState, stateAfter, toDocument } from "./hostState.ts";

type Bytes = Uint8Array;
const encoding = { keyEncoding: "utf8", valueEncoding: "view" } as const;
const PAGE = 256;

/** A segment on its way into the log, or in it. */
export interface StoredSegment {
  readonly hash: Uint8Array;
  /** Its place in the log, once it is there. */
  readonly placed: Promise<number>;
}

/** A segment that has been appraised: its host's next one follows it, although it is not in the log yet. */
export interface Advance {
  readonly hostId: string;
  readonly hash: Uint8Array;
  readonly state: HostState;
}

/**
 * Where each host stands. The log is the truth and this an index of it: written after the log, without waiting for the disk, and caught up
 * from the log's tail when the process starts. What is appraised but not in the log yet is kept in memory.
 */
export class HostStore {
  readonly #db: ClassicLevel<string, Bytes>;
  readonly #states = new Map<string, HostState>();
  readonly #segments = new Map<string, StoredSegment>();
  readonly #writing = new Turns();

  constructor(directory: string) {
    this.#db = new ClassicLevel(directory, encoding);
  }

  async open(): Promise<void> {
    await this.#db.open();
  }

  async close(): Promise<void> {
    await this.#writing.run(() => this.#db.close());
  }

  state(hostId: string): HostState | undefined {
    const pending = this.#states.get(hostId);
    if (pending) return pending;
    const bytes = this.#db.getSync(stateKey(hostId));
    return bytes && fromDocument(JSON.parse(new TextDecoder().decode(bytes)));
  }

  segment(hostId: string, segmentNumber: bigint): StoredSegment | undefined {
    const key = segmentKey(hostId, segmentNumber);
    const pending = this.#segments.get(key);
    if (pending) return pending;
    const bytes = this.#db.getSync(key);
    if (bytes === undefined) return undefined;
    const index = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(32));
    return { hash: bytes.slice(0, 32), placed: Promise.resolve(index) };
  }

  /** From now on the host's next segment must follow this one. */
  advance({ hostId, hash, state }: Advance, placed: Promise<number>): void {
    this.#states.set(hostId, state);
    this.#segments.set(segmentKey(hostId, state.segmentNumber), { hash, placed });
  }

  /** The log holds these, in this order, from this index on. */
  async commit(origin: string, from: number, advances: readonly Advance[]): Promise<void> {
    await this.#writing.run(() => this.#write(origin, from, advances));
    for (const { hostId, state } of advances) {
      if (this.#states.get(hostId) === state) this.#states.delete(hostId);
      this.#segments.delete(segmentKey(hostId, state.segmentNumber));
    }
  }

  /** Catches up with our own log of one site. @throws LogError LOG_BROKEN if the log holds less than was once read from it */
  async restore(origin: string, logs: Pick<EvidenceLogs, "head" | "entries" | "records">): Promise<void> {
    const size = logs.head(origin)?.size ?? 0;
    const cursor = await this.#db.get(cursorKey(origin));
    let at = cursor ? Number(new TextDecoder().decode(cursor)) : 0;
    if (at > size) throw new LogError("LOG_BROKEN", `${origin} had ${at} entries, ${size} are here`);
    while (at < size) {
      const to = Math.min(size, at + PAGE);
      await this.#replay(origin, at, await logs.entries(origin, at, to), logs);
      at = to;
    }
  }

  async nonceEpochs(origin: string): Promise<Issued[]> {
    const issued: Issued[] = [];
    for await (const [key, epoch] of this.#db.iterator({
      gte: nonceKey(origin, 0),
      lt: `${noncePrefix(origin)}~`,
    })) {
      issued.push({ epoch: toHex(epoch), issuedMs: Number(key.slice(noncePrefix(origin).length)) });
    }
    return issued;
  }

  /** Remembers a nonce epoch, and forgets those from before `keptFromMs`. */
  async keepNonceEpoch(origin: string, { epoch, issuedMs }: Issued, keptFromMs: number): Promise<void> {
    await this.#writing.run(async () => {
      await this.#db.put(nonceKey(origin, issuedMs), fromHex(epoch, 8));
      await this.#db.clear({ gte: nonceKey(origin, 0), lt: nonceKey(origin, keptFromMs) });
    });
  }

  async #replay(
    origin: string,
    from: number,
    entries: readonly Bytes[],
    logs: Pick<EvidenceLogs, "records">,
  ): Promise<void> {
    const advances: Advance[] = [];
    for (const bytes of entries) {
      const { segment }: LogEntry = decodeEntry(bytes);
      const records = await logs.records(toHex(segment.recordRoot));
      const state = stateAfter(this.state(segment.hostId), segment, records ? decodeRecords(records) : []);
      this.#states.set(segment.hostId, state);
      advances.push({ hostId: segment.hostId, hash: sha256(bytes.subarray(10)), state });
    }
    await this.commit(origin, from, advances);
  }

  async #write(origin: string, from: number, advances: readonly Advance[]): Promise<void> {
    const last = new Map(advances.map(({ hostId, state }) => [hostId, state]));
    const puts = [...last].map(([hostId, state]) => {
      return { type: "put", key: stateKey(hostId), value: utf8(JSON.stringify(toDocument(state))) } as const;
    });
    const segments = advances.map(({ hostId, hash, state }, i) => {
      return {
        type: "put",
        key: segmentKey(hostId, state.segmentNumber),
        value: located(hash, from + i),
      } as const;
    });
    const cursor = utf8((from + advances.length).toString());
    await this.#db.batch([...puts, ...segments, { type: "put", key: cursorKey(origin), value: cursor }]);
  }
}

/** Whether these are the bytes of a stored segment. */
export function isSame(stored: StoredSegment, bytes: Uint8Array): boolean {
  return equalBytes(stored.hash, sha256(bytes));
}

const stateKey = (hostId: string): string => `host/${hostId}`;
const cursorKey = (origin: string): string => `cursor/${origin}`;
const noncePrefix = (origin: string): string => `nonce/${origin}/`;
const nonceKey = (origin: string, ms: number): string =>
  noncePrefix(origin) + ms.toString().padStart(16, "0");
const segmentKey = (hostId: string, number: bigint): string =>
  `segment/${hostId}/${number.toString(16).padStart(16, "0")}`;

function located(hash: Uint8Array, index: number): Uint8Array {
  const bytes = new Uint8Array(40);
  bytes.set(hash);
  new DataView(bytes.buffer).setBigUint64(32, BigInt(index));
  return bytes;
}
