import type { Genesis, NetworkId, VenueDocument } from "@comity/protocol";
import { isCountryCode } from "./countryCodes.ts";

/** An entity of FollowTheMoney, with what OpenSanctions adds to it. */
export interface Entity {
  readonly id: string;
  readonly caption: string;
  readonly schema: "Company" | "Organization" | "PublicBody" | "Sanction";
  readonly referents: readonly string[];
  readonly datasets: readonly string[];
  readonly first_seen: string;
  readonly last_seen: string;
  readonly last_change: string;
  /** On the list now. */
  readonly target: boolean;
  readonly properties: Readonly<Record<string, readonly string[]>>;
}

export interface ListInfo {
  readonly genesis: Genesis;
  readonly networkId: NetworkId;
  /** Policy time up to which the list is known. */
  readonly seenMs: number;
}

export const PROGRAM_ID = "COMITY-VENUES";

/** How the list is called in files: unlike any other network's. */
export function datasetOf({ genesis, networkId }: Pick<ListInfo, "genesis" | "networkId">): {
  readonly name: string;
  readonly title: string;
} {
  return {
    name: `comity_venues_${networkId.slice(0, 12)}`,
    title: `${genesis.name}: list of non-compliant venues`,
  };
}

export function isOnList({ status }: Pick<VenueDocument, "status">): boolean {
  return status !== "delisted";
}

/** The venue and its sanction. One that was delisted stays, with the end of its sanction and without the topic. */
export function entitiesOf(document: VenueDocument, info: ListInfo): readonly [Entity, Entity] {
  return [venueEntity(document, info), sanctionEntity(document, info)];
}

function venueEntity(document: VenueDocument, info: ListInfo): Entity {
  const { venueId, venue } = document;
  return {
    ...common(document, info),
    id: venueId,
    caption: venue.name,
    schema: venue.schema,
    target: isOnList(document),
    properties: filled({
      name: [venue.name],
      alias: venue.aliases,
      country: isCountryCode(venue.country) ? [venue.country] : [],
      address: [venue.address],
      registrationNumber: [venue.registrationNumber],
      website: [venue.website].filter((url) => url !== undefined && URL.canParse(url)),
      topics: isOnList(document) ? ["sanction"] : [],
    }),
  };
}

function sanctionEntity(document: VenueDocument, info: ListInfo): Entity {
  const { venueId, legalBasis, reasons, listing, delisting } = document;
  const listed = listing ? [date(listing.listedMs)] : [];
  return {
    ...common(document, info),
    id: `${venueId}-sanction`,
    caption: legalBasis,
    schema: "Sanction",
    target: false,
    properties: filled({
      entity: [venueId],
      authority: [info.genesis.name],
      authorityId: [venueId],
      program: [legalBasis],
      programId: [PROGRAM_ID],
      reason: [reasons],
      status: [isOnList(document) ? "Active" : "Delisted"],
      listingDate: listed,
      startDate: listed,
      endDate: delisting ? [date(delisting.delistedMs)] : [],
      summary: summaryOf(document),
    }),
  };
}

function summaryOf({ listing, delisting }: VenueDocument): readonly string[] {
  if (delisting) return [`Delisted: ${delisting.reason}`];
  return listing ? [`Review due ${date(listing.reviewMs)}, expires ${date(listing.expiresMs)}.`] : [];
}

function common(document: VenueDocument, info: ListInfo) {
  const { listing, nominatedMs, changedMs } = document;
  return {
    referents: [],
    datasets: [datasetOf(info).name],
    first_seen: dateTime(listing?.listedMs ?? nominatedMs),
    // To the day, so that a list which has not changed stays the same file.
    last_seen: `${date(Math.max(info.seenMs, changedMs))}T00:00:00`,
    last_change: dateTime(changedMs),
  };
}

function filled(properties: Record<string, readonly (string | undefined)[]>): Entity["properties"] {
  const entries = Object.entries(properties).map(([name, values]) => {
    return [name, values.filter((value) => value !== undefined)] as const;
  });
  return Object.fromEntries(entries.filter(([, values]) => values.length > 0));
}

function date(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function dateTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19);
}
