import {
  type Checkpoint,
  decodeEntry,
  fromHex,
  leafHash,
  type LogEntry,
  openCheckpoint,
  toHex,
  TreeHasher,
  verifyEd25519,
} from "@comity/protocol";
import type { TestCoalition } from "./testCoalition.ts";
import type { TestSite } from "./testSite.ts";

const TILE_WIDTH = 256;

/** A site's evidence log over the C2SP read paths of a member's console, its owner's or a mirror's. */
export class LogReader {
  readonly #test: TestCoalition;
  readonly #site: TestSite;
  readonly #base: string;

  constructor(test: TestCoalition, site: TestSite, memberId: string = site.memberId) {
    this.#test = test;
    this.#site = site;
    const { operatorId, siteId } = site;
    this.#base = `${test.coalition.consoleUrl(memberId)}/logs/${site.memberId}/${operatorId}/${siteId}`;
  }

  /** The newest checkpoint with its owner's signature verified; undefined where nobody answers, or holds the log. */
  async checkpoint(): Promise<Checkpoint | undefined> {
    const note = await this.#get("checkpoint").catch(() => undefined);
    if (note === undefined) return undefined;
    const owner = this.#test.genesis.members.find(({ memberId }) => memberId === this.#site.memberId);
    const key = fromHex(owner?.identityKey ?? "", 32);
    return openCheckpoint(note.toString("utf8"), this.#site.origin, key, verifyEd25519);
  }

  /** The first `size` entries. */
  async entries(size: number): Promise<Uint8Array[]> {
    const entries: Uint8Array[] = [];
    while (entries.length < size) {
      const tile = entries.length / TILE_WIDTH;
      const width = Math.min(TILE_WIDTH, size - entries.length);
      const path = `tile/entries/${String(tile).padStart(3, "0")}${width < TILE_WIDTH ? `.p/${width}` : ""}`;
      const bundle = await this.#get(path);
      if (bundle === undefined) throw new Error(`${this.#base} has no ${path}`);
      entries.push(...split(bundle));
    }
    return entries;
  }

  async #get(path: string): Promise<Buffer | undefined> {
    const response = await fetch(`${this.#base}/${path}`, { signal: AbortSignal.timeout(10_000) });
    const body = Buffer.from(await response.arrayBuffer());
    if (response.status === 404) return undefined;
    if (response.status !== 200) throw new Error(`${this.#base}/${path} answers ${response.status}`);
    return body;
  }
}

function split(bundle: Buffer): Uint8Array[] {
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bundle.length;) {
    const end = at + 2 + bundle.readUInt16BE(at);
    entries.push(new Uint8Array(bundle.subarray(at + 2, end)));
    at = end;
  }
  return entries;
}

/** The root of each size from 0 on. */
export function rootsOf(entries: readonly Uint8Array[]): readonly string[] {
  const hasher = new TreeHasher();
  const roots = [toHex(hasher.root())];
  for (const entry of entries) {
    hasher.append(leafHash(entry));
    roots.push(toHex(hasher.root()));
  }
  return roots;
}

/** What is wrong with the sequence of segments of any host: a gap, a repeat, or a chain that does not join. */
export function sequenceFaults(entries: readonly Uint8Array[]): readonly string[] {
  const last = new Map<string, LogEntry["segment"]>();
  return entries.flatMap((bytes, index) => {
    const { segment } = decodeEntry(bytes);
    const before = last.get(segment.hostId);
    last.set(segment.hostId, segment);
    const isNext = segment.segmentNumber === (before?.segmentNumber ?? 0n) + 1n;
    const isJoined = before === undefined || before.endMs === segment.startMs;
    const what = `entry ${index}: segment ${segment.segmentNumber} of ${segment.hostId.slice(0, 8)}`;
    return isNext && isJoined ? [] : [`${what} after ${before?.segmentNumber ?? 0n}`];
  });
}
