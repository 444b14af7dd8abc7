import { compareKeys } from "../rwset/kvRead.ts";
import type { Version } from "../store/layout.ts";
import type { StateWrite } from "../store/ledgerStore.ts";

/** What the transactions of a block have written so far; of one key the last write. Fabric: statedb.UpdateBatch. */
export class UpdateBatch {
  readonly #writes = new Map<string, Map<string, StateWrite>>();

  /** @param value undefined deletes */
  put(namespace: string, key: string, version: Version, value: Uint8Array | undefined): void {
    const writes = this.#writes.get(namespace) ?? new Map<string, StateWrite>();
    this.#writes.set(namespace, writes.set(key, { namespace, key, version, value }));
  }

  get(namespace: string, key: string): StateWrite | undefined {
    return this.#writes.get(namespace)?.get(key);
  }

  /** Deletions too. From `start` on and before `end` ("" is past the last), in byte order. */
  range(namespace: string, start: string, end: string): StateWrite[] {
    const writes = [...(this.#writes.get(namespace)?.values() ?? [])];
    return writes
      .filter(({ key }) => compareKeys(start, key) <= 0 && (end === "" || compareKeys(key, end) < 0))
      .sort((a, b) => compareKeys(a.key, b.key));
  }

  writes(): StateWrite[] {
    return [...this.#writes.values()].flatMap((writes) => [...writes.values()]);
  }
}
