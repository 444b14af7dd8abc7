import { utf8 } from "@comity/protocol";
import { ClassicLevel } from "classic-level";
import type { Equivocation } from "./evidenceLog.ts";

type Bytes = Uint8Array;
type Part = ReturnType<typeof partOf>;
const encoding = { keyEncoding: "view", valueEncoding: "view" } as const;
const partOf = (db: ClassicLevel<Bytes, Bytes>, name: string) => db.sublevel<Bytes, Bytes>(name, encoding);

export interface Sidecar {
  readonly recordRoot: Uint8Array;
  readonly records: Uint8Array;
}

/** How much of another member's evidence is held, all in all. */
export interface MirroredBytes {
  readonly ownerIndex: number;
  readonly sizeBytes: number;
}

/** What lies beside the logs, for all of them: records by their root, notes by log and size, proofs of equivocation, sizes of mirrors. */
export class SidecarStore {
  readonly #db: ClassicLevel<Bytes, Bytes>;
  readonly #records: Part;
  readonly #notes: Part;
  readonly #equivocations: Part;
  readonly #mirrored: Part;

  constructor(directory: string) {
    this.#db = new ClassicLevel(directory, encoding);
    this.#records = partOf(this.#db, "records");
    this.#notes = partOf(this.#db, "notes");
    this.#equivocations = partOf(this.#db, "equivocations");
    this.#mirrored = partOf(this.#db, "mirrored");
  }

  /** Also keeps other processes out of this data folder. */
  async open(): Promise<void> {
    await this.#db.open();
  }

  async close(): Promise<void> {
    await this.#db.close();
  }

  /** Resolves once all of them are on disk. */
  async putRecords(sidecars: readonly Sidecar[], mirrored?: MirroredBytes): Promise<void> {
    const records = sidecars.map(({ recordRoot, records: value }) => {
      return { type: "put", sublevel: this.#records, key: recordRoot, value } as const;
    });
    const sizes = [mirrored ?? []].flat().map(({ ownerIndex, sizeBytes }) => {
      const [key, value] = [utf8(`${ownerIndex}`), utf8(`${sizeBytes}`)];
      return { type: "put", sublevel: this.#mirrored, key, value } as const;
    });
    if (records.length > 0) await this.#db.batch([...records, ...sizes], { sync: true });
  }

  async mirrored(): Promise<MirroredBytes[]> {
    const found: MirroredBytes[] = [];
    for await (const [key, value] of this.#mirrored.iterator()) {
      found.push({ ownerIndex: Number(text(key)), sizeBytes: Number(text(value)) });
    }
    return found;
  }

  async records(recordRoot: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#records.get(recordRoot);
  }

  /** Notes serve as the second half of a proof of equivocation; losing the newest in a crash costs nothing else. */
  async putNote(origin: string, size: number, note: string): Promise<void> {
    await this.#notes.put(noteKey(origin, size), utf8(note));
  }

  async note(origin: string, size: number): Promise<string | undefined> {
    const bytes = await this.#notes.get(noteKey(origin, size));
    return bytes === undefined ? undefined : text(bytes);
  }

  async dropNotes(origin: string, from: number, to: number): Promise<void> {
    await this.#notes.clear({ gte: noteKey(origin, from), lt: noteKey(origin, to) });
  }

  /** False if one for this log and size is kept already. */
  async putEquivocation(proof: Equivocation, size: number): Promise<boolean> {
    const key = noteKey(proof.origin, size);
    if ((await this.#equivocations.get(key)) !== undefined) return false;
    const value = utf8(JSON.stringify(proof));
    await this.#db.batch([{ type: "put", sublevel: this.#equivocations, key, value }], { sync: true });
    return true;
  }

  async equivocations(): Promise<Equivocation[]> {
    const proofs: Equivocation[] = [];
    for await (const value of this.#equivocations.values({ limit: 1000 })) {
      proofs.push(JSON.parse(text(value)) as Equivocation);
    }
    return proofs;
  }
}

function noteKey(origin: string, size: number): Uint8Array {
  return utf8(`${origin}\n${size.toString().padStart(16, "0")}`);
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
