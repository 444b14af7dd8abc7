import type { VenueDocument } from "@comity/protocol";
import { element } from "../../element.ts";
import { country, date } from "../../format.ts";
import type { EntryView, Known } from "./entryCard.ts";
import { codes, terms } from "./terms.ts";
import { historyView } from "./venueHistory.ts";

const schemas: Readonly<Record<VenueDocument["venue"]["schema"], string>> = {
  Company: "Company",
  Organization: "Organisation",
  PublicBody: "Public body",
};

export const venueView: EntryView<VenueDocument> = {
  registry: "venues",
  titleOf: ({ venue }) => venue.name,
  bodyOf: (document, known) => [
    element("p", { class: "lead" }, leadOf(document)),
    element("p", {}, document.delisting?.reason ?? document.reasons),
    detailsOf(document, known),
  ],
  proofName: (id) => `venue-${id}.comity.json`,
};

function leadOf({ venue, status, listing, delisting }: VenueDocument): string {
  const who = `${schemas[venue.schema]}, ${country(venue.country)}.`;
  const since = listing ? date(listing.listedMs) : "";
  if (delisting) return `${who} Delisted ${date(delisting.delistedMs)}; it was listed ${since}.`;
  const vote = status === "listed" ? "" : " The members are deciding whether to delist it.";
  return `${who} Listed ${since}.${vote}`;
}

function detailsOf(document: VenueDocument, known: Known): HTMLElement {
  const { venue, legalBasis, reasons, listing, venueId, evidence } = document;
  return element(
    "details",
    { class: "reasons" },
    element("summary", {}, "Legal basis, evidence and history"),
    terms({
      "Legal basis": legalBasis,
      "Reasons for the listing": document.delisting ? reasons : undefined,
      "Other names": venue.aliases,
      Address: venue.address,
      "Registration number": venue.registrationNumber,
      Website: venue.website,
      "Review due": listing && !document.delisting ? date(listing.reviewMs) : undefined,
      "Expires unless renewed": listing && !document.delisting ? date(listing.expiresMs) : undefined,
      Entry: venueId,
    }),
    element("h4", {}, "Evidence, by its SHA-256"),
    codes(evidence),
    element("h4", {}, "History"),
    historyView(document, known),
  );
}
