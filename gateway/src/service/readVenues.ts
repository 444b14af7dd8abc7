import { encodeCanonical, isListed, sha256, toHex, type VenueDocument } from "@comity/protocol";
import { GatewayError } from "./gatewayError.ts";
import { type Page, type PageRequest, readPage } from "./page.ts";
import { currentHeight } from "./projectionHealth.ts";
import type { ProjectionView, Written } from "./projectionView.ts";

/** One step of a case; its document is the one with this hash. */
export interface VenueStep {
  readonly rev: number;
  /** Number of the block that wrote it. */
  readonly height: number;
  readonly status: VenueDocument["status"];
  readonly changedMs: number;
  readonly documentHash: string;
}

export type Venue = VenueDocument & {
  readonly history: readonly VenueStep[];
  readonly height: number;
};

/** The public list, in order of id: cases that were listed, ended ones too. What members have not decided is nobody else's business. */
export async function listVenues(view: ProjectionView, request: PageRequest): Promise<Page<VenueDocument>> {
  const source = { kind: "venue", height: () => currentHeight(view), isWanted: isListed } as const;
  const page = await readPage(view, source, request);
  return { ...page, items: page.items.map(({ document }) => document) };
}

/** A listed case with its way there. @throws GatewayError VENUE_UNKNOWN, PROJECTION_BROKEN, PROJECTION_BEHIND */
export async function readVenue(view: ProjectionView, venueId: string): Promise<Venue> {
  const height = currentHeight(view);
  const history = await view.history("venue", venueId, height);
  const newest = history.at(-1)?.document;
  if (newest === undefined || !isListed(newest))
    throw new GatewayError("VENUE_UNKNOWN", `No venue ${venueId} is on the list up to block ${height}.`);
  return { ...newest, history: history.map(stepOf), height };
}

function stepOf({ height, document }: Written<"venue">): VenueStep {
  const { rev, status, changedMs } = document;
  return { rev, height, status, changedMs, documentHash: toHex(sha256(encodeCanonical(document))) };
}
