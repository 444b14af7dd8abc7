import type { BondDocument, DigestDocument, RegistryName, VenueDocument } from "@comity/protocol";
import type { RegistryChange, RegistryPart } from "./change.ts";

/** Cases, bonds, and what the coalition signed of the registries that they make, in memory. */
export class RegistryProjection {
  /** Revisions of each case, by number. */
  readonly #venues = new Map<string, Map<number, VenueDocument>>();
  readonly #bonds = new Map<string, BondDocument>();
  readonly #digests = new Map<string, DigestDocument>();
  readonly #changes = new Map<string, RegistryChange>();

  apply({ kind, value }: RegistryPart): void {
    switch (kind) {
      case "venue":
        this.#addCase(value);
        break;
      case "bond":
        this.#bonds.set(value.bondId, value);
        break;
      case "digest":
        this.#digests.set(value.statement.registry, value);
        break;
      case "registry":
        this.#changes.set(value.registry, value);
    }
  }

  /** Every case at its newest revision. */
  venues(): VenueDocument[] {
    return [...this.#venues.values()].flatMap((revisions) => {
      const newest = revisions.get(Math.max(...revisions.keys()));
      return newest === undefined ? [] : [newest];
    });
  }

  venueRevision(venueId: string, rev: number): VenueDocument | undefined {
    return this.#venues.get(venueId)?.get(rev);
  }

  /** Every bond at its newest revision. */
  bonds(): BondDocument[] {
    return [...this.#bonds.values()];
  }

  digest(registry: RegistryName): DigestDocument | undefined {
    return this.#digests.get(registry);
  }

  registryChange(registry: RegistryName): RegistryChange | undefined {
    return this.#changes.get(registry);
  }

  #addCase(venue: VenueDocument): void {
    const revisions = this.#venues.get(venue.venueId) ?? new Map<number, VenueDocument>();
    this.#venues.set(venue.venueId, revisions.set(venue.rev, venue));
  }
}
