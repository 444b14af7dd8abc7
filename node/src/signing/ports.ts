import type { AlertStatement, EpochRecord, SignedEpochRecord } from "@comity/protocol";

/** What signing needs of the rest of the node. */

export interface SigningIdentity {
  readonly index: number;
  sign(bytes: Uint8Array): Uint8Array;
}

/** Shares of the group key that this node holds. */
export interface ShareStore {
  shareFor(
    keyEpoch: number,
  ): Promise<{ readonly index: number; readonly secretShare: Uint8Array } | undefined>;
}

export interface SigningLedger {
  currentEpoch(): EpochRecord | undefined;
  epochs(): readonly SignedEpochRecord[];
  alerts(): readonly { readonly alertId: string; readonly statement: AlertStatement }[];
}

/** The one transaction that signing sends. `LedgerClient` fits. */
export interface AlertSubmitter {
  submit(transaction: string, ...args: string[]): Promise<unknown>;
}

export type RefusalCode =
  | "APPRAISAL_BOUND"
  | "APPRAISAL_EVIDENCE"
  | "APPRAISAL_NOTICE"
  | "APPRAISAL_RULE"
  | "APPRAISAL_WINDOW"
  | "APPRAISAL_LEDGER"
  | "APPRAISAL_SUBJECT";

export type Appraisal =
  { readonly decision: "sign" } | { readonly decision: "refuse"; readonly reason: RefusalCode };

/** Forms this node's own opinion of a statement that a member proposes. Rejects only when the signal aborts. */
export interface Appraiser {
  appraise(statement: AlertStatement, proposer: number, signal: AbortSignal): Promise<Appraisal>;
}

/** Something that happened, for whoever watches the node. */
export type NodeEvent = { readonly event: string } & Readonly<Record<string, unknown>>;
