import { availableMinor, type BondDocument, type BondTrigger, type Money } from "@comity/protocol";
import { dollars } from "./money.ts";

/** A bond as the gateway tells of it, but without a height. */
export function bondView(bond: BondDocument) {
  const money = (amountMinor: string): Money => ({ amountMinor, currency: bond.currency });
  const { bondId: id, rev, surety, principal, noticeId, status, postedMs, acceptedMs, changedMs } = bond;
  return {
    ...{ id, rev, surety, principal, noticeId, status },
    penal: money(bond.penalMinor),
    encumbered: money(bond.encumberedMinor),
    forfeited: money(bond.forfeitedMinor),
    released: money(bond.releasedMinor),
    available: money(availableMinor(bond).toString()),
    openTriggers: bond.openTriggers.map(({ amountMinor, ...trigger }) => {
      return { ...trigger, amount: money(amountMinor) };
    }),
    ...{ postedMs, acceptedMs, changedMs },
  };
}

/** The same for people. */
export function bondLines(bond: BondDocument): string[] {
  const amounts = {
    penal: bond.penalMinor,
    available: availableMinor(bond).toString(),
    encumbered: bond.encumberedMinor,
    forfeited: bond.forfeitedMinor,
    released: bond.releasedMinor,
  };
  return [
    `Bond ${bond.bondId} is ${bond.status}: ${bond.surety} stands for ${bond.principal}'s run of notice ${bond.noticeId}.`,
    ...Object.entries(amounts).map(([name, minor]) => `  ${name.padEnd(10)}  ${dollars(minor).padStart(20)}`),
    ...bond.openTriggers.map(triggerLine),
  ];
}

function triggerLine({ sequence, amountMinor, cureByMs }: BondTrigger): string {
  return (
    `  Model checkpoint ${sequence} is missing: ${dollars(amountMinor)} are forfeited ` +
    `unless it is registered by ${policyDay(cureByMs)}.`
  );
}

export function policyDay(policyMs: number): string {
  return `${new Date(policyMs).toISOString().slice(0, 16)}Z, policy time`;
}
