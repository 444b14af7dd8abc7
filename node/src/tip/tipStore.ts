import { join } from "node:path";
import { type NetworkId, TIP_LEAVES, utf8 } from "@comity/protocol";
import { cellHashOf, decodeCell, type TipPlace } from "@comity/tip";
import { readWhole, writeDurably } from "../log/durableFile.ts";
import { TipStoreError } from "./tipError.ts";
import { type FiledTip, TipFiles } from "./tipFiles.ts";

export interface TipStoreOptions {
  readonly directory: string;
  readonly networkId: NetworkId;
  readonly ownIndex: number;
  /** Cells that each member may have stored here; the disk is bounded. */
  readonly cellsPerMember: number;
  /** Cells being written at once. */
  readonly writesAtOnce: number;
}

export interface TipStoreDeps {
  /** The tip hour of this moment. */
  readonly hourNow: () => number;
  /** Told of a disk that does not keep what it should. */
  readonly fatal: (error: Error) => void;
}

/** All cells that this node holds: those that its own gateway took, and those of others. What it has acknowledged is on disk. */
export class TipStore {
  readonly #options: TipStoreOptions;
  readonly #deps: TipStoreDeps;
  readonly #files: TipFiles;
  /** By `<origin>.<cell hash>`. */
  readonly #tips = new Map<string, FiledTip>();
  readonly #writing = new Map<string, Promise<FiledTip>>();
  /** How many, written or being written, by member and by member and hour. */
  readonly #counts = new Map<string, number>();
  /** No tip comes into this hour or an earlier one any more. */
  #endedThrough = -1;
  /** All tips up to this hour are on disk, so their lists are final. */
  #closedThrough = -1;

  private constructor(options: TipStoreOptions, deps: TipStoreDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#files = new TipFiles(options.directory);
  }

  static async open(options: TipStoreOptions, deps: TipStoreDeps): Promise<TipStore> {
    const store = new TipStore(options, deps);
    for (const tip of await store.#files.load()) {
      store.#tips.set(keyOf(tip), tip);
      store.#countIn(tip.origin, tip.tipHour);
    }
    store.#closedThrough = await readHour(store.#closedFile);
    store.#endedThrough = store.#closedThrough;
    return store;
  }

  /** The hours up to this one are over, and their lists final. */
  get closedThrough(): number {
    return this.#closedThrough;
  }

  /** Takes a cell from our own gateway; resolves once it is on disk. A repeat gives the place that it has. @throws TipStoreError, CellError */
  async accept(cell: Uint8Array): Promise<TipPlace> {
    const tipHour = Math.max(this.#deps.hourNow(), this.#endedThrough + 1);
    const { cellHash, ...place } = await this.#put(cell, { tipHour, origin: this.#options.ownIndex });
    return { cellHash, tipHour: place.tipHour };
  }

  /** Holds a cell for another member; resolves once it is on disk. @throws TipStoreError, CellError */
  async hold(cell: Uint8Array, claim: { readonly tipHour: number; readonly origin: number }): Promise<void> {
    if (claim.tipHour > this.#deps.hourNow() + 1) {
      throw new TipStoreError("TIP_HOUR", `hour ${claim.tipHour} has not come yet`);
    }
    const { tipHour } = await this.#put(cell, claim);
    if (tipHour !== claim.tipHour) {
      throw new TipStoreError("TIP_HOUR", `the member said hour ${tipHour} of this cell before`);
    }
  }

  /** Tips that our own gateway took in an hour. */
  ownIn(tipHour: number): FiledTip[] {
    return this.own().filter((tip) => tip.tipHour === tipHour);
  }

  /** All tips that our own gateway took. */
  own(): FiledTip[] {
    return [...this.#tips.values()].filter(({ origin }) => origin === this.#options.ownIndex);
  }

  /** Of everybody's, newest hour first. */
  list(): FiledTip[] {
    return [...this.#tips.values()].sort(
      (a, b) => b.tipHour - a.tipHour || (a.cellHash < b.cellHash ? -1 : 1),
    );
  }

  ownTip(cellHash: string): FiledTip | undefined {
    return this.#tips.get(keyOf({ origin: this.#options.ownIndex, cellHash }));
  }

  /** The cell itself, whoever's gateway took it. */
  async cell(cellHash: string): Promise<Uint8Array | undefined> {
    const tip = this.ownTip(cellHash) ?? [...this.#tips.values()].find((each) => each.cellHash === cellHash);
    return tip === undefined ? undefined : this.#files.read(tip);
  }

  /** Ends the hours up to this one, once what came in them is on disk. */
  async closeThrough(tipHour: number): Promise<void> {
    this.#endedThrough = Math.max(this.#endedThrough, tipHour);
    await Promise.allSettled(this.#writing.values());
    if (tipHour > this.#closedThrough) {
      await writeDurably(this.#closedFile, utf8(String(tipHour)));
      this.#closedThrough = tipHour;
    }
    for (const hour of this.#files.openHours()) if (hour <= tipHour) await this.#files.seal(hour);
  }

  get #closedFile(): string {
    return join(this.#options.directory, "closed-through");
  }

  #put(cell: Uint8Array, claim: { tipHour: number; origin: number }): FiledTip | Promise<FiledTip> {
    if (decodeCell(cell).networkId !== this.#options.networkId) {
      throw new TipStoreError("TIP_NETWORK", "the cell is sealed for another network");
    }
    const arrivalHour = Math.max(this.#deps.hourNow(), this.#endedThrough + 1);
    const tip = { cellHash: cellHashOf(cell), ...claim, arrivalHour };
    const key = keyOf(tip);
    const known = this.#tips.get(key) ?? this.#writing.get(key);
    if (known !== undefined) return known;
    // No pause from the choice of the hour to here: whoever ends the hour must find the tip among those being written.
    this.#takeRoom(tip);
    const writing = this.#write(tip, cell).finally(() => this.#writing.delete(key));
    this.#writing.set(key, writing);
    return writing;
  }

  async #write(tip: FiledTip, cell: Uint8Array): Promise<FiledTip> {
    try {
      await this.#files.write(tip, cell);
    } catch (error) {
      // It may be on disk or not: what the list of its hour says would be a guess.
      this.#deps.fatal(error instanceof Error ? error : new Error("a tip could not be stored"));
      throw error;
    }
    this.#tips.set(keyOf(tip), tip);
    return tip;
  }

  #takeRoom({ origin, tipHour }: FiledTip): void {
    if (this.#writing.size >= this.#options.writesAtOnce)
      throw new TipStoreError("TIP_BUSY", "the node is writing as much as it can");
    const [all, inHour] = [this.#count(String(origin)), this.#count(`${origin}.${tipHour}`)];
    if (all >= this.#options.cellsPerMember || inHour >= TIP_LEAVES)
      throw new TipStoreError("TIP_FULL", "there is no room for more tips of this hour or this member");
    this.#countIn(origin, tipHour);
  }

  #count(what: string): number {
    return this.#counts.get(what) ?? 0;
  }

  #countIn(origin: number, tipHour: number): void {
    for (const what of [String(origin), `${origin}.${tipHour}`])
      this.#counts.set(what, this.#count(what) + 1);
  }
}

function keyOf({ origin, cellHash }: Pick<FiledTip, "origin" | "cellHash">): string {
  return `${origin}.${cellHash}`;
}

/** -1 before any hour was closed. */
async function readHour(file: string): Promise<number> {
  const bytes = await readWhole(file);
  const hour = bytes === undefined ? -1 : Number(new TextDecoder().decode(bytes));
  if (Number.isSafeInteger(hour)) return hour;
  throw new Error(`${file} holds no tip hour`);
}
