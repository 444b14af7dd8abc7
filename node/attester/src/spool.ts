import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import {
  type BatchItem,
  canonicalString,
  concat,
  decodeBatch,
  decodeSegment,
  encodeBatch,
  integer,
  list,
  object,
  utf8,
} from "@comity/protocol";
import { chainAfter, chainDocument, fromDocument, type HostChain, toDocument } from "./hostChain.ts";
import { encodeFrame, readFrame, scanFrames, SpoolError } from "./spoolFile.ts";

const MAX_FILE_BYTES = 4 * 1024 * 1024;
const MAX_HOSTS = 4096;
const header = object({ first: integer(0, Number.MAX_SAFE_INTEGER), chains: list(chainDocument, MAX_HOSTS) });

interface Place {
  readonly part: SpoolPart;
  readonly at: number;
}

interface SpoolPart {
  readonly path: string;
  /** Sequence number of its first segment. */
  readonly first: number;
  /** Where its first segment begins. */
  readonly start: number;
  count: number;
  sizeBytes: number;
}

/** What the files tell: where each chain stands, and the newest nonce epoch. */
interface Memory {
  readonly chains: Map<string, HostChain>;
  nonceEpoch: Uint8Array | undefined;
}

/**
 * Signed segments that wait to be sent, on disk. Files grow by synced appends; each begins with the state of all chains, so that the last
 * file alone tells where every host stands, and files are deleted once all of their segments were answered.
 */
export class Spool {
  readonly #directory: string;
  readonly #maxBytes: number;
  readonly #memory: Memory;
  #parts: SpoolPart[];
  #active: FileHandle | undefined;
  /** Sequence number of the first segment that was not answered, and where it lies. */
  #sent: number;
  #place: Place | undefined;
  /** Places after each segment that the last `next` gave. */
  #ahead: Place[] = [];
  /** Chains changed in another way than by a segment: the next file must say so. */
  #isAdopting = false;

  private constructor(directory: string, maxBytes: number, parts: SpoolPart[], memory: Memory, sent: number) {
    this.#directory = directory;
    this.#maxBytes = maxBytes;
    this.#parts = parts;
    this.#memory = memory;
    this.#sent =
      parts.length === 0 ? sent : Math.min(Math.max(sent, parts[0]?.first ?? 0), endOf(parts.at(-1)));
  }

  /** Opens the spool in this folder; a last write that was cut short is dropped: nobody has seen it. */
  static async open(directory: string, maxBytes: number): Promise<Spool> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const names = (await readdir(directory)).filter((name) => /^[0-9]{16}\.spool$/.test(name)).sort();
    const memory: Memory = { chains: new Map(), nonceEpoch: undefined };
    const parts: SpoolPart[] = [];
    for (const name of names) parts.push(await recoverPart(join(directory, name), memory));
    const gap = parts.findIndex((part, i) => i > 0 && part.first !== endOf(parts[i - 1]));
    if (gap !== -1)
      throw new SpoolError("SPOOL_BROKEN", `the spool lacks segments before ${parts[gap]?.path ?? ""}`);
    return new Spool(directory, maxBytes, parts, memory, await readSent(directory));
  }

  /** Where the chains of all hosts stand that ever had a segment here. */
  get chains(): ReadonlyMap<string, HostChain> {
    return this.#memory.chains;
  }

  /** Nonce epoch of the newest segment here. */
  get lastNonceEpoch(): Uint8Array | undefined {
    return this.#memory.nonceEpoch;
  }

  get waiting(): number {
    return this.#parts.length === 0 ? 0 : endOf(this.#parts.at(-1)) - this.#sent;
  }

  get sizeBytes(): number {
    return this.#parts.reduce((size, part) => size + part.sizeBytes, 0);
  }

  hasRoomFor(sizeBytes: number): boolean {
    return this.sizeBytes + sizeBytes <= this.#maxBytes;
  }

  /** Lets a host go on from another place, such as where its node says it stands. On disk with the next segment. */
  adopt(chain: HostChain): void {
    this.#memory.chains.set(chain.hostId, chain);
    this.#isAdopting = true;
  }

  /** Resolves once the segments are on disk. @throws SpoolError SPOOL_FULL before anything is written */
  async append(items: readonly BatchItem[]): Promise<void> {
    const bytes = concat(...items.map((item) => encodeFrame(encodeBatch([item]))));
    if (!this.hasRoomFor(bytes.length))
      throw new SpoolError("SPOOL_FULL", "the spool holds as much as it may");
    const part = await this.#writable();
    await this.#active?.appendFile(bytes);
    await this.#active?.datasync();
    part.count += items.length;
    part.sizeBytes += bytes.length;
    for (const { segment } of items) advance(this.#memory, segment);
  }

  /** The oldest segments that wait, without taking them out. */
  async next(maxItems: number, maxBytes: number): Promise<BatchItem[]> {
    const items: BatchItem[] = [];
    this.#ahead = [];
    let sizeBytes = 0;
    for await (const { payload, place } of this.#waiting(Math.min(maxItems, this.waiting))) {
      sizeBytes += payload.length;
      if (items.length > 0 && sizeBytes > maxBytes) break;
      items.push(...decodeBatch(payload, 1));
      this.#ahead.push(place);
    }
    return items;
  }

  /** So many of the last `next` were answered for good. A lost note of it means that they are sent, and answered, again. */
  async advance(count: number): Promise<void> {
    if (count === 0) return;
    this.#place = this.#ahead[count - 1];
    this.#ahead = this.#ahead.slice(count);
    this.#sent += count;
    const temporary = join(this.#directory, "sent.tmp");
    await writeFile(temporary, canonicalString({ sent: this.#sent }));
    await rename(temporary, join(this.#directory, "sent"));
    while (this.#parts.length > 1 && endOf(this.#parts[0]) <= this.#sent) {
      const part = this.#parts.shift();
      if (part) await rm(part.path, { force: true });
    }
  }

  async close(): Promise<void> {
    await this.#active?.close();
    this.#active = undefined;
  }

  /** Segments from the oldest that waits, each with the place after it. */
  async *#waiting(count: number): AsyncGenerator<{ payload: Uint8Array; place: Place }> {
    let place = await this.#start();
    for (let left = count; left > 0 && place;) {
      const { part } = place;
      await using file = await open(part.path, "r");
      let at = place.at;
      for (; left > 0 && at < part.sizeBytes; left--) {
        const frame = await readFrame(file, at);
        if (frame === undefined) throw new SpoolError("SPOOL_BROKEN", `${part.path} is damaged at ${at}`);
        at = frame.end;
        yield { payload: frame.payload, place: { part, at } };
      }
      const following: SpoolPart | undefined = this.#parts[this.#parts.indexOf(part) + 1];
      place = following && { part: following, at: following.start };
    }
  }

  async #start(): Promise<Place | undefined> {
    const place = this.#place;
    if (place && this.#parts.includes(place.part) && place.at < place.part.sizeBytes) return place;
    const part = this.#parts.find((candidate) => endOf(candidate) > this.#sent);
    if (part === undefined) return undefined;
    await using file = await open(part.path, "r");
    let at = part.start;
    for (let skip = this.#sent - part.first; skip > 0; skip--) at = (await readFrame(file, at))?.end ?? at;
    return { part, at };
  }

  async #writable(): Promise<SpoolPart> {
    const last = this.#parts.at(-1);
    if (last && this.#active && !this.#isAdopting && last.sizeBytes < MAX_FILE_BYTES) return last;
    await this.close();
    this.#isAdopting = false;
    const first = endOf(last) || this.#sent;
    const path = join(this.#directory, `${first.toString().padStart(16, "0")}.spool`);
    const chains = [...this.#memory.chains.values()].map(toDocument);
    const bytes = encodeFrame(utf8(canonicalString({ first, chains })));
    await writeSynced(this.#directory, path, bytes);
    const part = { path, first, start: bytes.length, count: 0, sizeBytes: bytes.length };
    this.#parts = [...this.#parts.filter((known) => known.path !== path), part];
    this.#active = await open(path, "a");
    return part;
  }
}

function endOf(part: SpoolPart | undefined): number {
  return part === undefined ? 0 : part.first + part.count;
}

function advance(memory: Memory, bytes: Uint8Array): void {
  const segment = decodeSegment(bytes);
  memory.nonceEpoch = segment.nonceEpoch;
  const { chains } = memory;
  chains.set(segment.hostId, chainAfter(chains.get(segment.hostId), segment));
}

async function recoverPart(path: string, memory: Memory): Promise<SpoolPart> {
  const ends: number[] = [];
  let first = 0;
  const end = await scanFrames(path, (frame) => {
    if (ends.push(frame.end) === 1) {
      const state = header(JSON.parse(new TextDecoder().decode(frame.payload)));
      first = state.first;
      for (const chain of state.chains) memory.chains.set(chain.hostId, fromDocument(chain));
    } else {
      for (const { segment } of decodeBatch(frame.payload, 1)) advance(memory, segment);
    }
  });
  const [start] = ends;
  if (start === undefined) throw new SpoolError("SPOOL_BROKEN", `${path} has lost its beginning`);
  if ((await stat(path)).size > end) {
    await using file = await open(path, "r+");
    await file.truncate(end);
    await file.sync();
  }
  return { path, first, start, count: ends.length - 1, sizeBytes: end };
}

async function readSent(directory: string): Promise<number> {
  const text = await readFile(join(directory, "sent"), "utf8").catch(() => undefined);
  if (text === undefined) return 0;
  try {
    return object({ sent: integer(0, Number.MAX_SAFE_INTEGER) })(JSON.parse(text)).sent;
  } catch {
    return 0; // Cut short by a power failure: everything that is still here is sent again.
  }
}

async function writeSynced(directory: string, path: string, bytes: Uint8Array): Promise<void> {
  {
    await using file = await open(`${path}.tmp`, "w", 0o600);
    await file.writeFile(bytes);
    await file.sync();
  }
  await rename(`${path}.tmp`, path);
  await using folder = await open(directory, "r");
  await folder.sync();
}
