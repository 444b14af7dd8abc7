import { availableMinor, type BondDocument } from "@comity/protocol";
import { GatewayError } from "./gatewayError.ts";
import { type Page, type PageRequest, readPage } from "./page.ts";
import { currentHeight } from "./projectionHealth.ts";
import type { ProjectionView } from "./projectionView.ts";

/** An integer in the currency's smallest unit, as decimal text. */
export interface Money {
  readonly amountMinor: string;
  readonly currency: string;
}

type Trigger = BondDocument["openTriggers"][number];

/** A bond as an insurer asks for it. Its document, which the coalition's digest covers, is in its bundle. */
export interface Bond {
  readonly id: string;
  readonly rev: number;
  readonly surety: string;
  readonly principal: string;
  readonly noticeId: string;
  readonly status: BondDocument["status"];
  readonly penal: Money;
  readonly encumbered: Money;
  readonly forfeited: Money;
  readonly released: Money;
  /** What is left of the penal sum. */
  readonly available: Money;
  readonly openTriggers: readonly (Omit<Trigger, "amountMinor"> & { readonly amount: Money })[];
  readonly postedMs: number;
  readonly acceptedMs: number | null;
  readonly changedMs: number;
}

/** In order of id. */
export async function listBonds(view: ProjectionView, request: PageRequest): Promise<Page<Bond>> {
  const page = await readPage(view, { kind: "bond", height: () => currentHeight(view) }, request);
  return { ...page, items: page.items.map(({ document }) => bondOf(document)) };
}

/** @throws GatewayError BOND_UNKNOWN, PROJECTION_BROKEN, PROJECTION_BEHIND */
export async function readBond(
  view: ProjectionView,
  bondId: string,
): Promise<Bond & { readonly height: number }> {
  const height = currentHeight(view);
  const bond = await view.at("bond", bondId, height);
  if (bond === undefined)
    throw new GatewayError("BOND_UNKNOWN", `There is no bond ${bondId} up to block ${height}.`);
  return { ...bondOf(bond.document), height };
}

function bondOf(bond: BondDocument): Bond {
  const { currency } = bond;
  const money = (amountMinor: string): Money => ({ amountMinor, currency });
  return {
    id: bond.bondId,
    rev: bond.rev,
    surety: bond.surety,
    principal: bond.principal,
    noticeId: bond.noticeId,
    status: bond.status,
    penal: money(bond.penalMinor),
    encumbered: money(bond.encumberedMinor),
    forfeited: money(bond.forfeitedMinor),
    released: money(bond.releasedMinor),
    available: money(availableMinor(bond).toString()),
    openTriggers: bond.openTriggers.map(({ amountMinor, ...trigger }) => {
      return { ...trigger, amount: money(amountMinor) };
    }),
    postedMs: bond.postedMs,
    acceptedMs: bond.acceptedMs,
    changedMs: bond.changedMs,
  };
}
