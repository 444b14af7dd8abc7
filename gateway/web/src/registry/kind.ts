import {
  availableMinor,
  type BondDocument,
  bondDocument,
  type Decoder,
  type RegistryName,
  type VenueDocument,
  venueDocument,
} from "@comity/protocol";
import { type Bond, bond } from "./bond.ts";
import type { RegistryDocument } from "./verdict.ts";

/** What differs between the registries. `D` is a document as the coalition signs it, `L` the same as the gateway lists it. */
export interface RegistryKind<D extends RegistryDocument, L> {
  readonly registry: RegistryName;
  readonly path: string;
  readonly document: Decoder<D>;
  readonly listed: Decoder<L>;
  readonly idOf: (listed: L) => string;
  readonly revOf: (listed: L) => number;
  /** What an honest gateway lists of a document. */
  readonly listedOf: (document: D) => L;
  /** What a search looks through. */
  readonly textOf: (listed: L) => readonly string[];
  /** One or many. */
  readonly words: readonly [singular: string, plural: string];
}

export const venueKind: RegistryKind<VenueDocument, VenueDocument> = {
  registry: "venues",
  path: "/v1/venues",
  document: venueDocument,
  listed: venueDocument,
  idOf: ({ venueId }) => venueId,
  revOf: ({ rev }) => rev,
  listedOf: (document) => document,
  textOf: ({ venueId, venue }) => [
    venueId,
    venue.name,
    ...venue.aliases,
    venue.address ?? "",
    venue.registrationNumber ?? "",
    venue.website ?? "",
  ],
  words: ["venue", "venues"],
};

export const bondKind: RegistryKind<BondDocument, Bond> = {
  registry: "bonds",
  path: "/v1/bonds",
  document: bondDocument,
  listed: bond,
  idOf: ({ id }) => id,
  revOf: ({ rev }) => rev,
  listedOf: listedBond,
  textOf: ({ id, surety, principal, noticeId }) => [id, surety, principal, noticeId],
  words: ["bond", "bonds"],
};

function listedBond(document: BondDocument): Bond {
  const { currency } = document;
  const money = (amountMinor: string) => ({ amountMinor, currency });
  return {
    id: document.bondId,
    rev: document.rev,
    surety: document.surety,
    principal: document.principal,
    noticeId: document.noticeId,
    status: document.status,
    penal: money(document.penalMinor),
    encumbered: money(document.encumberedMinor),
    forfeited: money(document.forfeitedMinor),
    released: money(document.releasedMinor),
    available: money(availableMinor(document).toString()),
    openTriggers: document.openTriggers.map(({ amountMinor, ...fact }) => {
      return { ...fact, amount: money(amountMinor) };
    }),
    postedMs: document.postedMs,
    acceptedMs: document.acceptedMs,
    changedMs: document.changedMs,
  };
}
