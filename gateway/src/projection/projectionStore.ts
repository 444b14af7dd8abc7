import {
  type Decoder,
  digestDocument,
  type DigestDocument,
  encodeCanonical,
  hex,
  integer,
  list,
  object,
  type RegistryName,
  type SignedEpochRecord,
  signedEpochRecord,
} from "@comity/protocol";
import { ClassicLevel } from "classic-level";
import type { DocumentKind, Documents, Place, Written } from "../service/projectionView.ts";
import { type Change, keeping, ProjectionError } from "./change.ts";

/** The newest block whose effects are in the store. */
export interface Cursor {
  readonly networkId: string;
  readonly height: number;
  readonly hash: string;
  /** Newest real time of a transaction up to this block. */
  readonly timeMs: number;
}

export interface ScanOptions {
  /** As of the block with this number. */
  readonly height: number;
  /** Where to go on; undefined: from the first. */
  readonly after?: Place | undefined;
}

const count = integer(0, Number.MAX_SAFE_INTEGER);
const cursor: Decoder<Cursor> = object({ networkId: hex(32), height: count, hash: hex(32), timeMs: count });
const epochsDecoder = list(signedEpochRecord, 10_000);

/**
 * The read model on disk. A block's effects and the cursor are one batch. Revisions are never changed, so that whoever reads as of a block
 * gets the same answer for ever, whatever is written meanwhile.
 *
 *     r!<kind>!<order>!<id>!<rev>   a document with the height of its block      o!<kind>!<id>   its order, where it has one
 *     s!<alert id>                  height at which another alert replaced it
 *     d!<registry>, e!, c!          newest digest of a registry, epoch records, cursor
 */
export class ProjectionStore {
  readonly #db: ClassicLevel<string, Uint8Array>;

  constructor(folder: string) {
    this.#db = new ClassicLevel(folder, { keyEncoding: "utf8", valueEncoding: "view" });
  }

  /** @throws ProjectionError PROJECTION_STORE_INVALID */
  async open(): Promise<void> {
    try {
      await this.#db.open();
    } catch (cause) {
      const text = "The projection cannot be opened: does another gateway run on the same data?";
      throw new ProjectionError("PROJECTION_STORE_INVALID", text, { cause });
    }
  }

  async close(): Promise<void> {
    await this.#db.close();
  }

  async cursor(): Promise<Cursor | undefined> {
    return this.#get("c!", cursor);
  }

  /** Not synced: what a power failure takes is read from the ledger again. */
  async write(changes: readonly Change[], next: Cursor): Promise<void> {
    const batch = this.#db.batch();
    for (const change of changes) {
      for (const [key, value] of rowsOf(change)) batch.put(key, encodeCanonical(value));
    }
    batch.put("c!", encodeCanonical(next));
    await batch.write();
  }

  /** A document's newest revision as of a block. */
  async at<K extends DocumentKind>(kind: K, id: string, height: number): Promise<Written<K> | undefined> {
    return (await this.history(kind, id, height)).at(-1);
  }

  /** A document's revisions as of a block, oldest first. */
  async history<K extends DocumentKind>(kind: K, id: string, height: number): Promise<Written<K>[]> {
    const order = await this.#get(`o!${kind}!${id}`, (value) => String(value));
    const prefix = `r!${kind}!${order ?? ""}!${id}!`;
    const revisions: Written<K>[] = [];
    for await (const [key, value] of this.#db.iterator({ gte: prefix, lt: `${prefix}~` })) {
      revisions.push(decodeWritten(kind, key, value));
    }
    return revisions.filter((revision) => revision.height <= height);
  }

  /** The newest revisions as of a block, in order of place. Documents that came later are left out. */
  async *scan<K extends DocumentKind>(kind: K, { height, after }: ScanOptions): AsyncGenerator<Written<K>> {
    const start = after === undefined ? `r!${kind}!` : `r!${kind}!${after.order}!${after.id}!~`;
    let [newest, place]: [Written<K> | undefined, string] = [undefined, ""];
    for await (const [key, value] of this.#db.iterator({ gte: start, lt: `r!${kind}!~` })) {
      const revision = decodeWritten(kind, key, value);
      const of = key.slice(0, key.lastIndexOf("!"));
      if (of !== place && newest !== undefined) yield newest;
      if (of !== place) [newest, place] = [undefined, of];
      if (revision.height <= height) newest = revision;
    }
    if (newest !== undefined) yield newest;
  }

  /** Height of the block in which another alert replaced this one. */
  async supersededAt(alertId: string): Promise<number | undefined> {
    return this.#get(`s!${alertId}`, count);
  }

  async digest(registry: RegistryName): Promise<DigestDocument | undefined> {
    return this.#get(`d!${registry}`, digestDocument);
  }

  async epochs(): Promise<readonly SignedEpochRecord[]> {
    return (await this.#get("e!", epochsDecoder)) ?? [];
  }

  async #get<T>(key: string, decoder: Decoder<T>): Promise<T | undefined> {
    const value = await this.#db.get(key);
    return value === undefined ? undefined : decode(decoder, key, value);
  }
}

type Row = readonly [key: string, value: unknown];

function rowsOf(change: Change): Row[] {
  switch (change.kind) {
    case "superseded":
      return [[`s!${change.alertId}`, change.height]];
    case "digest":
      return [[`d!${change.document.statement.registry}`, change.document]];
    case "epochs":
      return [["e!", change.epochs]];
    case "bond":
      return documentRows("bond", change);
    case "venue":
      return documentRows("venue", change);
    case "notice":
      return documentRows("notice", change);
    case "alert":
      return documentRows("alert", change);
  }
}

function documentRows<K extends DocumentKind>(kind: K, { height, document }: Written<K>): Row[] {
  const { order, id } = keeping[kind].place(document);
  const row = `r!${kind}!${order}!${id}!${String(document.rev).padStart(16, "0")}`;
  return [[row, { height, document }], ...(order === "" ? [] : [[`o!${kind}!${id}`, order] as const])];
}

function decodeWritten<K extends DocumentKind>(kind: K, key: string, value: Uint8Array): Written<K> {
  const document: Decoder<Documents[K]> = keeping[kind].decode;
  return decode(object({ height: count, document }), key, value);
}

/** @throws ProjectionError PROJECTION_STORE_INVALID */
function decode<T>(decoder: Decoder<T>, key: string, value: Uint8Array): T {
  try {
    return decoder(JSON.parse(Buffer.from(value).toString("utf8")));
  } catch (cause) {
    const text = `The projection cannot be read at ${key}; delete its folder to have it rebuilt.`;
    throw new ProjectionError("PROJECTION_STORE_INVALID", text, { cause });
  }
}
