/** One thing that a node needs before it can do its duties. */
export interface Condition {
  readonly code: ConditionCode;
  readonly isMet: () => boolean | Promise<boolean>;
  /** One sentence for the officer who waits: what is missing now. */
  readonly why: () => string;
}

export type ConditionCode =
  | "LEDGER_UNREACHABLE"
  | "LEDGER_NOT_FOLLOWED"
  | "LEDGER_UNREADABLE"
  | "NODE_NOT_REGISTERED"
  | "KEY_NOT_ACTIVE"
  | "PEERS_MISSING";

export interface Missing {
  readonly code: ConditionCode;
  readonly why: string;
}

/** What is missing, in the order of the conditions. */
export async function missingOf(conditions: readonly Condition[]): Promise<Missing[]> {
  const missing: Missing[] = [];
  for (const { code, isMet, why } of conditions) {
    if (!(await isMet())) missing.push({ code, why: why() });
  }
  return missing;
}
