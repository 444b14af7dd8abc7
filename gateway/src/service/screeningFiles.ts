import { type Genesis, isListed, type NetworkId, policyTime, type VenueDocument } from "@comity/protocol";
import { entitiesOf, type ListInfo } from "../screening/entities.ts";
import { simpleCsv } from "../screening/simpleCsv.ts";
import { currentHeight } from "./projectionHealth.ts";
import type { ProjectionView } from "./projectionView.ts";

export interface ScreeningDeps {
  readonly view: ProjectionView;
  readonly genesis: Genesis;
  readonly networkId: NetworkId;
}

/** A whole list as a file, and the block as of which it is. */
export interface ScreeningFile {
  readonly height: number;
  readonly text: string;
}

/** Venues on the list now, as OpenSanctions' targets.simple.csv. @throws GatewayError PROJECTION_BROKEN, PROJECTION_BEHIND */
export async function targetsCsv(deps: ScreeningDeps): Promise<ScreeningFile> {
  const { height, venues, info } = await listNow(deps);
  return { height, text: simpleCsv(venues, info) };
}

/** All listed venues and their sanctions, delisted ones too, an entity of FollowTheMoney a line. @throws GatewayError PROJECTION_BROKEN, PROJECTION_BEHIND */
export async function ftmEntities(deps: ScreeningDeps): Promise<ScreeningFile> {
  const { height, venues, info } = await listNow(deps);
  const entities = venues.flatMap((document) => entitiesOf(document, info));
  return { height, text: entities.map((entity) => `${JSON.stringify(entity)}\n`).join("") };
}

async function listNow({ view, genesis, networkId }: ScreeningDeps): Promise<{
  readonly height: number;
  readonly venues: readonly VenueDocument[];
  readonly info: ListInfo;
}> {
  const height = currentHeight(view);
  const seenMs = policyTime(genesis.clock, view.timeMs());
  const venues: VenueDocument[] = [];
  for await (const { document } of view.scan("venue", { height }))
    if (isListed(document)) venues.push(document);
  return { height, venues, info: { genesis, networkId, seenMs } };
}
