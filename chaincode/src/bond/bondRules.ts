import {
  availableMinor,
  type BondDocument,
  type BondRequest,
  type BondStatus,
  figure,
  type Genesis,
  type NoticeDocument,
  type OperatorDocument,
  type SuretyDocument,
} from "@comity/protocol";
import type { TransactionTime } from "../ledger/ledgerContext.ts";
import { LedgerError } from "../ledger/ledgerError.ts";
import { revisionAfter } from "../ledger/table.ts";
import { isJudged, isRunOver, type SecuredRun } from "./securedRun.ts";

export type BondAction = "accept" | "sweep" | "release";

/** What may be done to a bond, and what it then is: a posted one is an offer, an active one a promise, the others are history. */
export const bondTransitions: {
  readonly [S in BondStatus]: Readonly<Partial<Record<BondAction, readonly BondStatus[]>>>;
} = {
  posted: { accept: ["active"], release: ["released"] },
  active: { sweep: ["active", "exhausted"], release: ["released"] },
  exhausted: {},
  released: {},
};

/** A bond's terms are those of its first revision: no later one changes them. */
const TERMS_REV = 1;

export interface Parties {
  readonly operator: OperatorDocument;
  readonly notice: NoticeDocument;
  readonly surety: SuretyDocument | undefined;
}

/** The bond that a principal offers. It binds nobody until the surety accepts. */
export function postBond(
  request: BondRequest,
  { operator, notice, surety }: Parties,
  genesis: Genesis,
  { policyMs: postedMs }: TransactionTime,
): BondDocument {
  if (surety?.status !== "admitted")
    throw new LedgerError("SURETY_UNKNOWN", `the coalition has not admitted surety ${request.surety}`);
  if (notice.operatorId !== request.principal)
    throw new LedgerError("BOND_NOTICE", `notice ${notice.noticeId} is not ${request.principal}'s`);
  if (notice.status === "completed" || notice.status === "withdrawn")
    throw new LedgerError("BOND_NOTICE", `notice ${notice.noticeId} is ${notice.status}`);
  const least = figure(genesis, "bondMinimumCents");
  if (BigInt(request.penalMinor) < least)
    throw new LedgerError("BOND_AMOUNT", `a penal sum is at least ${least} cents`);
  return {
    ...revisionAfter(),
    ...request,
    memberId: operator.memberId,
    encumberedMinor: "0",
    forfeitedMinor: "0",
    releasedMinor: "0",
    status: "posted",
    openTriggers: [],
    judgedThrough: 0,
    forfeitures: 0,
    postedMs,
    acceptedMs: null,
    changedMs: postedMs,
  };
}

/** Whether a request repeats an earlier one word for word. */
export function isSameBond(request: BondRequest, existing: BondDocument): boolean {
  return (Object.keys(request) as (keyof BondRequest)[]).every((key) => request[key] === existing[key]);
}

/** The bond in force, or undefined where these terms were accepted already. */
export function acceptBond(
  bond: BondDocument,
  rev: number,
  { policyMs }: TransactionTime,
): BondDocument | undefined {
  if (rev !== TERMS_REV)
    throw new LedgerError(
      "BOND_REVISION",
      `the terms of bond ${bond.bondId} are those of its first revision`,
    );
  if (bond.acceptedMs !== null) return undefined;
  assertAllows(bond, "accept");
  return { ...bond, ...revisionAfter(bond), status: "active", acceptedMs: policyMs, changedMs: policyMs };
}

/** The bond with what is left of it given back, or undefined where that has been done. An offer may be taken back at any time. */
export function releaseBond(
  bond: BondDocument,
  run: SecuredRun,
  genesis: Genesis,
  { policyMs }: TransactionTime,
): BondDocument | undefined {
  if (bond.status === "released") return undefined;
  assertAllows(bond, "release");
  if (bond.status === "active") assertNothingOpen(bond, run, genesis, policyMs);
  const releasedMinor = availableMinor(bond).toString();
  return { ...bond, ...revisionAfter(bond), status: "released", releasedMinor, changedMs: policyMs };
}

function assertAllows(bond: BondDocument, action: BondAction): void {
  if (bondTransitions[bond.status][action] === undefined)
    throw new LedgerError("BOND_STATE", `a bond that is ${bond.status} does not allow: ${action}`);
}

/** The run is over, and everything that it owed has been judged: else a principal could be released from what nobody swept yet. */
function assertNothingOpen(bond: BondDocument, run: SecuredRun, genesis: Genesis, policyMs: number): void {
  if (!isRunOver(run.notice, policyMs))
    throw new LedgerError("BOND_NOTICE", `the run of notice ${bond.noticeId} is not over`);
  if (bond.openTriggers.length > 0)
    throw new LedgerError(
      "BOND_TRIGGER_OPEN",
      `bond ${bond.bondId} has ${bond.openTriggers.length} open triggers`,
    );
  if (!isJudged(bond, run, genesis)) {
    throw new LedgerError(
      "BOND_TRIGGER_OPEN",
      "not all model checkpoints of the run have been judged: sweep the bond when the last one is due",
    );
  }
}
