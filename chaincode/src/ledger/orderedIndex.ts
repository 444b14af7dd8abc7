import { encodeCanonical, type Page } from "@comity/protocol";
import type { ChaincodeStub } from "fabric-shim-api";
import { LedgerError } from "./ledgerError.ts";
import { keyOf, type KeyParts } from "./table.ts";

const BOOKMARK = /^[A-Za-z0-9._-]{1,128}(?:![A-Za-z0-9._-]{1,128}){0,3}$/;

export interface PageRequest {
  readonly pageSize: number;
  readonly bookmark: string;
}

/**
 * Ids in an order that is worth listing, under plain keys `o!name!…!id` (ranges refuse composite keys). Only queries list: a range read
 * inside a writing transaction would make it conflict with every neighbour.
 */
export class OrderedIndex {
  readonly #stub: ChaincodeStub;
  readonly #prefix: string;

  constructor(stub: ChaincodeStub, ...prefix: KeyParts) {
    this.#stub = stub;
    this.#prefix = `${keyOf("o", prefix)}!`;
  }

  async add(...place: KeyParts): Promise<void> {
    const id = place.at(-1);
    await this.#stub.putState(keyOf(this.#prefix.slice(0, -1), place), encodeCanonical(String(id)));
  }

  /** Ids of one page. The bookmark is the place of the page's last item; a space sorts before `!` and every character of an id. */
  async list({ pageSize, bookmark }: PageRequest): Promise<Page<string>> {
    if (bookmark !== "" && !BOOKMARK.test(bookmark))
      throw new LedgerError("BOOKMARK_INVALID", "the bookmark is not one of this list");
    const start = bookmark === "" ? this.#prefix : `${this.#prefix}${bookmark} `;
    const places: string[] = [];
    for await (const { key } of this.#stub.getStateByRange(start, `${this.#prefix.slice(0, -1)}"`)) {
      places.push(key.slice(this.#prefix.length));
      if (places.length > pageSize) break;
    }
    const page = places.slice(0, pageSize);
    const items = page.map((place) => place.slice(place.lastIndexOf("!") + 1));
    return { items, bookmark: places.length > pageSize ? (page.at(-1) ?? "") : "" };
  }
}

/** A policy time as 13 digits, so that keys sort as times do. */
export function sortableTime(timeMs: number): string {
  return String(timeMs).padStart(13, "0");
}
