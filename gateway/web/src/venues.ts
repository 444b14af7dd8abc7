import type { VenueDocument } from "@comity/protocol";
import { venueKind } from "./registry/kind.ts";
import { startRegistryPage } from "./registry/registryPage.ts";
import { venueView } from "./view/registry/venue.ts";

/** Those on the list first, the newest listing first. */
function compare(a: VenueDocument, b: VenueDocument): number {
  const isEnded = Number(a.delisting !== null) - Number(b.delisting !== null);
  return isEnded || (b.listing?.listedMs ?? 0) - (a.listing?.listedMs ?? 0);
}

startRegistryPage({ kind: venueKind, view: venueView, compare });
