import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { TipPlace } from "@comity/tip";
import { makeDirectory, readWhole, syncAll, writeDurably, writeVisibly } from "../log/durableFile.ts";

/** A cell on this disk. */
export interface FiledTip extends TipPlace {
  /** Index of the member whose gateway took it. */
  readonly origin: number;
  /** The tip hour in which it came to this node. */
  readonly arrivalHour: number;
}

const NAME = /^(0|[1-9][0-9]{0,15})\.([1-9][0-9]{0,2})\.([0-9a-f]{64})$/;
const HOUR = /^(0|[1-9][0-9]{0,15})$/;

/**
 * Cells as files, synced before anybody hears of them. File systems keep when a file was made, much finer than a tip hour, and in which order.
 * So what came in an hour lies under `open/<hour>/` only until the hour is over: then each cell is written anew under `sealed/<hour>/`, in
 * the order of the hashes, and the first files are deleted.
 */
export class TipFiles {
  readonly #directory: string;
  readonly #open = new Set<number>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** All that is there. Called once, before anything else. */
  async load(): Promise<FiledTip[]> {
    const [open, sealed] = [await this.#scan("open"), await this.#scan("sealed")];
    for (const hour of open.hours) this.#open.add(hour);
    const isOpen = new Set(open.tips.map(nameOf));
    // A crash while an hour was sealed leaves cells in both places.
    return [...open.tips, ...sealed.tips.filter((tip) => !isOpen.has(nameOf(tip)))];
  }

  openHours(): number[] {
    return [...this.#open];
  }

  async write(tip: FiledTip, cell: Uint8Array): Promise<void> {
    this.#open.add(tip.arrivalHour);
    await writeDurably(this.#path("open", tip), cell);
  }

  async read(tip: FiledTip): Promise<Uint8Array> {
    // Where the hour is being sealed just now, the first file may go while we look.
    const cell = (await readWhole(this.#path("open", tip))) ?? (await readWhole(this.#path("sealed", tip)));
    if (cell === undefined) throw new Error(`the file of tip ${tip.cellHash} is gone`);
    return cell;
  }

  /** Ends an hour, of which nothing is written any more. May be repeated. */
  async seal(arrivalHour: number): Promise<void> {
    const { tips } = await this.#scan("open", String(arrivalHour));
    const files: string[] = [];
    await makeDirectory(join(this.#directory, "sealed", String(arrivalHour)));
    for (const tip of tips.sort((a, b) => (a.cellHash < b.cellHash ? -1 : 1))) {
      const cell = await readWhole(this.#path("open", tip));
      if (cell === undefined) continue;
      await writeVisibly(this.#path("sealed", tip), cell);
      files.push(this.#path("sealed", tip));
    }
    await syncAll(files);
    await rm(join(this.#directory, "open", String(arrivalHour)), { recursive: true, force: true });
    this.#open.delete(arrivalHour);
  }

  #path(state: "open" | "sealed", tip: FiledTip): string {
    return join(this.#directory, state, String(tip.arrivalHour), nameOf(tip));
  }

  async #scan(state: "open" | "sealed", only?: string): Promise<{ hours: number[]; tips: FiledTip[] }> {
    const folders = only === undefined ? await namesIn(join(this.#directory, state)) : [only];
    const hours = folders.filter((name) => HOUR.test(name)).map(Number);
    const tips: FiledTip[] = [];
    for (const hour of hours) {
      const names = await namesIn(join(this.#directory, state, String(hour)));
      tips.push(...names.flatMap((name) => parseName(name, hour)));
    }
    return { hours, tips };
  }
}

function nameOf({ tipHour, origin, cellHash }: FiledTip): string {
  return `${tipHour}.${origin}.${cellHash}`;
}

/** Nothing for a file that a crash left half written: nobody was told of it. */
function parseName(name: string, arrivalHour: number): FiledTip[] {
  const [, tipHour, origin, cellHash] = NAME.exec(name) ?? [];
  if (tipHour === undefined || origin === undefined || cellHash === undefined) return [];
  return [{ cellHash, tipHour: Number(tipHour), origin: Number(origin), arrivalHour }];
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
