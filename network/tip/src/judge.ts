import { hourRoot, proveInHour, type TipHour } from "./hour.ts";
import type { TipReceipt } from "./receipt.ts";

/** What became of a tip that a gateway gave a receipt for. The README's "Judgment" says when each is found. */
export type TipVerdict = "kept" | "dropped" | "root-missing" | "withheld" | "pending";

/** What the ledger says of a gateway's hour, as `bounty:ReadHour` gives it. */
export interface LedgerHour {
  readonly root: string | null;
  /** No root can be filed any more. */
  readonly closed: boolean;
}

/** Verdicts that prove the gateway guilty to anybody who has the receipt and reads the ledger. */
export function isGuilt(verdict: TipVerdict): boolean {
  return verdict === "dropped" || verdict === "root-missing";
}

/**
 * Judges a gateway by a receipt that `verifyReceipt` has passed, the ledger, and the list that the gateway published, if there is one.
 */
export function judgeGateway(
  receipt: Pick<TipReceipt, "networkId" | "memberId" | "cellHash" | "tipHour">,
  ledger: LedgerHour,
  list: TipHour | undefined,
): TipVerdict {
  if (ledger.root === null) return ledger.closed ? "root-missing" : "pending";
  if (list === undefined || !isOfHour(receipt, list) || hourRoot(list.leaves) !== ledger.root)
    return "withheld";
  return proveInHour(list, receipt.cellHash) === undefined ? "dropped" : "kept";
}

function isOfHour(receipt: Parameters<typeof judgeGateway>[0], list: TipHour): boolean {
  const keys = ["networkId", "memberId", "tipHour"] as const;
  return keys.every((key) => receipt[key] === list[key]);
}
