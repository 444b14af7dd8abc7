import type { Caller, Identity, Step } from "./network/caller.ts";
import type { ConformanceNetwork } from "./network/conformanceNetwork.ts";

/** What a case may use. */
export interface Scene {
  readonly network: ConformanceNetwork;
  /** Officers of two members, each at its own member's gateway. */
  readonly alice: Caller;
  readonly bob: Caller;
  /** Unlike that of any other case: keys begin with it. */
  readonly key: string;
}

/** One behaviour: what is done, and what Fabric gives. Whatever is another each time is made alike before it is compared (`observed.ts`). */
export interface Case {
  /** Finishes the sentence "The ledger …". */
  readonly does: string;
  readonly run: (scene: Scene) => Promise<unknown>;
  readonly gives: unknown;
}

export interface Group {
  readonly title: string;
  readonly cases: readonly Case[];
}

export type { Caller, Identity, Step };
