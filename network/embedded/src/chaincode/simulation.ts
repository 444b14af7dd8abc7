import type { ChaincodeDefinitions } from "../definition/chaincodeDefinitions.ts";
import { ReadWriteSet } from "../rwset/readWriteSet.ts";
import { RangeRecord } from "../rwset/rangeRecord.ts";
import type { LedgerStore, StateSnapshot } from "../store/ledgerStore.ts";
import { HistoryResults } from "./historyResults.ts";
import { PrivateData } from "./privateData.ts";
import { RangeResults } from "./rangeResults.ts";
import { WriteGuard } from "./writeGuard.ts";

export interface SimulationOptions {
  readonly txId: string;
  /** The member that simulates: it has the values of its collections only. */
  readonly mspId: string;
}

export interface SimulationDeps {
  readonly store: LedgerStore;
  readonly snapshot: StateSnapshot;
  readonly definitions: ChaincodeDefinitions;
}

/**
 * One member's run of one proposal over one state of the ledger. Reads never see the simulation's own writes.
 * Fabric: core/ledger/kvledger/txmgmt/txmgr/tx_simulator.go; an evaluation is a simulation whose result nobody submits.
 */
export class Simulation {
  readonly readWriteSet = new ReadWriteSet();
  readonly privateData: PrivateData;
  readonly definitions: ChaincodeDefinitions;
  readonly guard: WriteGuard;
  readonly #deps: SimulationDeps;

  constructor({ txId, mspId }: SimulationOptions, deps: SimulationDeps) {
    this.definitions = deps.definitions;
    this.guard = new WriteGuard(txId);
    this.#deps = deps;
    const { guard, readWriteSet } = this;
    this.privateData = new PrivateData(mspId, { ...deps, guard, readWriteSet });
  }

  get(namespace: string, key: string): Uint8Array {
    const { store, snapshot } = this.#deps;
    const found = store.getState(namespace, key, snapshot);
    this.readWriteSet.addRead(namespace, key, found?.version);
    return found?.value ?? new Uint8Array();
  }

  /** An empty value deletes. @throws Error with Fabric's text after a query that forbids writes */
  put(namespace: string, key: string, value: Uint8Array): void {
    this.guard.beginWrite();
    this.readWriteSet.addWrite(namespace, key, value);
  }

  /** Keys from `start` on and before `end`; what is read of them is checked again at commit. */
  range(namespace: string, start: string, end: string): RangeResults {
    const { store, snapshot } = this.#deps;
    const record = new RangeRecord(start, end);
    this.readWriteSet.addRange(namespace, record);
    return new RangeResults(namespace, store.rangeState(namespace, start, end, snapshot), record);
  }

  /** @throws Error with Fabric's text after a write */
  page(namespace: string, start: string, end: string): RangeResults {
    this.guard.beginPage();
    return this.range(namespace, start, end);
  }

  /** Not recorded: as in Fabric, a history is not checked again at commit. */
  history(namespace: string, key: string): HistoryResults {
    return new HistoryResults(namespace, key, this.#deps);
  }
}
