import { ledger } from "@hyperledger/fabric-protos";
import type { RangeRecord } from "../rwset/rangeRecord.ts";
import type { StateEntry } from "../store/ledgerStore.ts";
import type { QueryResults } from "./queryResults.ts";

/** The keys and values of a range, each recorded as it is read. */
export class RangeResults implements QueryResults {
  readonly #namespace: string;
  readonly #entries: AsyncGenerator<StateEntry>;
  readonly #record: RangeRecord | undefined;

  constructor(namespace: string, entries: AsyncGenerator<StateEntry>, record?: RangeRecord) {
    this.#namespace = namespace;
    this.#entries = entries;
    this.#record = record;
  }

  async next(): Promise<Uint8Array | undefined> {
    const result = await this.#entries.next();
    if (result.done === true) {
      this.#record?.exhaust();
      return undefined;
    }
    this.#record?.add(result.value);
    const kv = new ledger.queryresult.KV();
    kv.setNamespace(this.#namespace);
    kv.setKey(result.value.key);
    kv.setValue(result.value.value);
    return kv.serializeBinary();
  }

  /** Not recorded: nobody is shown what is there. */
  async bookmark(): Promise<string> {
    const result = await this.#entries.next();
    return result.done === true ? "" : result.value.key;
  }

  async close(): Promise<void> {
    await this.#entries.return(undefined);
  }
}
