import type { RegistryEntry } from "../registry.ts";
import type { BondDocument } from "./bond.ts";
import { isListed, type VenueDocument } from "./designation.ts";

/** What the registry `venues` holds, of all cases at their newest revision. */
export function venueEntries(venues: Iterable<VenueDocument>): RegistryEntry[] {
  return [...venues].filter(isListed).map((document) => ({ id: document.venueId, document }));
}

/** What the registry `bonds` holds: every bond at its newest revision. */
export function bondEntries(bonds: Iterable<BondDocument>): RegistryEntry[] {
  return [...bonds].map((document) => ({ id: document.bondId, document }));
}
