import type { CommittedState } from "../src/commit/mvcc.ts";
import type { ValidatedTransaction } from "../src/commit/transactionValidator.ts";
import { decodeReadWriteSet } from "../src/rwset/decodedReadWriteSet.ts";
import { compareKeys } from "../src/rwset/kvRead.ts";
import type { ReadWriteSet } from "../src/rwset/readWriteSet.ts";
import type { VersionedValue } from "../src/store/layout.ts";
import type { StateEntry, StateWrite } from "../src/store/ledgerStore.ts";

/** A state without a disk. */
export class MemoryState implements CommittedState {
  readonly #values = new Map<string, Map<string, VersionedValue>>();

  getState(namespace: string, key: string): VersionedValue | undefined {
    return this.#values.get(namespace)?.get(key);
  }

  rangeState(namespace: string, start: string, end: string): AsyncGenerator<StateEntry> {
    return generate(this.entries(namespace, start, end));
  }

  entries(namespace: string, start: string, end: string): StateEntry[] {
    return [...(this.#values.get(namespace) ?? [])]
      .map(([key, value]) => ({ key, ...value }))
      .filter(({ key }) => compareKeys(start, key) <= 0 && (end === "" || compareKeys(key, end) < 0))
      .sort((a, b) => compareKeys(a.key, b.key));
  }

  apply(writes: readonly StateWrite[]): void {
    for (const { namespace, key, version, value } of writes) {
      const values = this.#values.get(namespace) ?? new Map<string, VersionedValue>();
      this.#values.set(namespace, values);
      if (value === undefined) values.delete(key);
      else values.set(key, { version, value });
    }
  }
}

/** A transaction that passed all checks but those of the state. */
export function endorsed(txId: string, set: ReadWriteSet): ValidatedTransaction {
  return { txId, code: 0, readWriteSet: decodeReadWriteSet(set.encode().results) };
}

// eslint-disable-next-line @typescript-eslint/require-await -- as the store's, which does wait
async function* generate<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
