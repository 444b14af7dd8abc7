import type { Revised, Table } from "./table.ts";

/**
 * Documents of which every revision stays readable: the last under its id, each before it under id and revision. It moves there when it is superseded, so
 * that a first revision, which is all that most ever have, is written once.
 */
export class Revisions<T extends Revised> {
  readonly #current: Table<T>;
  readonly #superseded: Table<T>;

  constructor(current: Table<T>, superseded: Table<T>) {
    this.#current = current;
    this.#superseded = superseded;
  }

  /** @param previous what `document` follows; undefined for the first */
  async put(document: T, previous: T | undefined, id: string): Promise<void> {
    if (previous !== undefined) await this.#superseded.put(previous, id, previous.rev);
    await this.#current.put(document, id);
  }

  async find(id: string, rev: number): Promise<T | undefined> {
    const current = await this.#current.find(id);
    return current?.rev === rev ? current : this.#superseded.find(id, rev);
  }
}
