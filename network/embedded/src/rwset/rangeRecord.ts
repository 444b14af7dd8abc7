import { ledger } from "@hyperledger/fabric-protos";
import type { StateEntry } from "../store/ledgerStore.ts";
import { type RangeQueryInfo, RangeReads } from "./rangeReads.ts";

/**
 * Remembers how far a range was read, and what was there, so that validation can read it again.
 * Fabric: core/ledger/kvledger/txmgmt/txmgr/query_executor.go, resultsItr.
 */
export class RangeRecord {
  readonly #start: string;
  readonly #end: string;
  readonly #reads = new RangeReads();
  #lastKey = "";
  #isExhausted = false;

  constructor(start: string, end: string) {
    this.#start = start;
    this.#end = end;
  }

  /** What tells this query from others of the same namespace. */
  get identity(): string {
    return JSON.stringify([this.#start, this.#endSoFar, this.#isExhausted]);
  }

  add({ key, version }: StateEntry): void {
    this.#reads.add(key, version);
    this.#lastKey = key;
  }

  /** The reader saw the end of the range. */
  exhaust(): void {
    this.#isExhausted = true;
  }

  /** Call it last and once. */
  info(): RangeQueryInfo {
    const info = new ledger.rwset.kvrwset.RangeQueryInfo();
    info.setStartKey(this.#start);
    info.setEndKey(this.#endSoFar);
    info.setItrExhausted(this.#isExhausted);
    this.#reads.describeIn(info);
    return info;
  }

  /** Nobody read past the last key: a change beyond it is no phantom. */
  get #endSoFar(): string {
    return this.#isExhausted ? this.#end : this.#lastKey;
  }
}
