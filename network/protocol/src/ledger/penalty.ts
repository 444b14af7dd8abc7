import type { Genesis } from "../genesis.ts";
import { figure } from "../rulebook.ts";

/** An amount of money in the currency's smallest unit, as decimal text. */
export interface Money {
  readonly amountMinor: string;
  readonly currency: "USD";
}

export interface PenaltyFigures {
  readonly floorMinor: bigint;
  readonly turnoverBasisPoints: bigint;
}

export function penaltyFigures(genesis: Pick<Genesis, "rulebook">): PenaltyFigures {
  return {
    floorMinor: figure(genesis, "penaltyFloorCents"),
    turnoverBasisPoints: figure(genesis, "penaltyTurnoverBasisPoints"),
  };
}

/**
 * The most that a missing or late notice may cost: the floor or the share of global turnover, whichever is greater. Rounds up.
 * @param turnoverMinor global turnover, in the currency's smallest unit
 */
export function penaltyCeiling(figures: PenaltyFigures, turnoverMinor: bigint): Money {
  const share = (turnoverMinor * figures.turnoverBasisPoints + 9_999n) / 10_000n;
  const amount = share > figures.floorMinor ? share : figures.floorMinor;
  return { amountMinor: amount.toString(), currency: "USD" };
}
