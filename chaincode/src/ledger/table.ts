import { decodeCanonical, type Decoder, utf8 } from "@comity/protocol";
import type { ChaincodeStub } from "fabric-shim-api";
import { canonicalText } from "./canonicalText.ts";
import { LedgerError } from "./ledgerError.ts";

const MAX_DOCUMENT_BYTES = 1024 * 1024;
const KEY_PART = /^[A-Za-z0-9._-]{1,128}$/;

export interface Revised {
  readonly schemaVersion: 1;
  readonly rev: number;
}

/** One kind of document, with one key each: `name!id` or `name!part!part`. */
export interface TableDefinition<T extends Revised> {
  readonly name: string;
  readonly decode: Decoder<T>;
}

export type KeyParts = readonly (string | number)[];

/** Documents of one kind in the world state. Reads see what is committed, never this transaction's own writes. */
export class Table<T extends Revised> {
  readonly #stub: ChaincodeStub;
  readonly #definition: TableDefinition<T>;

  constructor(definition: TableDefinition<T>, stub: ChaincodeStub) {
    this.#definition = definition;
    this.#stub = stub;
  }

  async find(...id: KeyParts): Promise<T | undefined> {
    const bytes = await this.#stub.getState(keyOf(this.#definition.name, id));
    if (bytes.length === 0) return undefined;
    return this.#definition.decode(decodeCanonical(bytes, MAX_DOCUMENT_BYTES));
  }

  async put(document: T, ...id: KeyParts): Promise<void> {
    await this.#stub.putState(keyOf(this.#definition.name, id), utf8(canonicalText(document)));
  }
}

/** `!` separates, so no part may hold one: two ids never share a key. */
export function keyOf(name: string, id: KeyParts): string {
  for (const part of id) {
    if (!KEY_PART.test(String(part)))
      throw new LedgerError("ARGUMENT_INVALID", "an id has a character that ids cannot have");
  }
  return [name, ...id].join("!");
}

/** Version and revision of the document that follows `previous`. */
export function revisionAfter(previous?: Revised): Revised {
  return { schemaVersion: 1, rev: (previous?.rev ?? 0) + 1 };
}
