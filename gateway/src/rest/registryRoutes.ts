import type { ProjectionView } from "../service/projectionView.ts";
import { listBonds, readBond } from "../service/readBonds.ts";
import { listVenues, readVenue } from "../service/readVenues.ts";
import type { RegistryService } from "../service/registryService.ts";
import type { ScreeningFile } from "../service/screeningFiles.ts";
import type { BlockAnswers } from "./blockAnswers.ts";
import {
  bondItemSchema,
  bondParams,
  bondSchema,
  digestSchema,
  entrySchema,
  registryParams,
  venueItemSchema,
  venueParams,
  venueSchema,
} from "./registrySchemas.ts";
import { fileSchema, pageOf, pageQuery, problemResponse } from "./schemas.ts";
import { sendAnswer, sendFile } from "./sendFile.ts";
import type { RestServer } from "./typeProvider.ts";

export interface RegistryRouteDeps {
  readonly view: ProjectionView;
  readonly answers: BlockAnswers;
  readonly registries: RegistryService;
  readonly targetsCsv: () => Promise<ScreeningFile>;
  readonly ftmEntities: () => Promise<ScreeningFile>;
}

const bundleSchema = fileSchema('Canonical JSON; see @comity/protocol, "Entry bundle"');
const FTM_TYPE = "application/json+ftm";
const CSV_TYPE = "text/csv";

export function addBondRoutes(server: RestServer, { view, answers, registries }: RegistryRouteDeps): void {
  const tags = ["bonds"];
  server.get(
    "/v1/bonds",
    {
      schema: {
        tags,
        summary: "Bonds, in order of id",
        querystring: pageQuery,
        response: { 200: pageOf(bondItemSchema), default: problemResponse },
      },
    },
    async ({ url, query }, reply) => sendAnswer(reply, await answers.get(url, () => listBonds(view, query))),
  );
  server.get(
    "/v1/bonds/:bondId",
    {
      schema: {
        tags,
        summary: "One bond",
        params: bondParams,
        response: { 200: bondSchema, default: problemResponse },
      },
    },
    async ({ url, params }, reply) =>
      sendAnswer(reply, await answers.get(url, () => readBond(view, params.bondId))),
  );
  server.get(
    "/v1/bonds/:bondId/bundle",
    {
      schema: {
        tags,
        summary:
          "What shows, offline, what the registry that the coalition signed says of a bond, also that there is none",
        params: bondParams,
        response: { 200: bundleSchema, default: problemResponse },
      },
    },
    async ({ params: { bondId } }, reply) =>
      sendFile(reply, `bond-${bondId}.comity.json`, await registries.bundle("bonds", bondId)),
  );
}

export function addVenueRoutes(server: RestServer, { view, answers, registries }: RegistryRouteDeps): void {
  const tags = ["venues"];
  server.get(
    "/v1/venues",
    {
      schema: {
        tags,
        summary: "The list of non-compliant venues, in order of id; delisted ones stay on it with their end",
        querystring: pageQuery,
        response: { 200: pageOf(venueItemSchema), default: problemResponse },
      },
    },
    async ({ url, query }, reply) => sendAnswer(reply, await answers.get(url, () => listVenues(view, query))),
  );
  server.get(
    "/v1/venues/:venueId",
    {
      schema: {
        tags,
        summary: "One listed venue with reasons, legal basis and history",
        params: venueParams,
        response: { 200: venueSchema, default: problemResponse },
      },
    },
    async ({ url, params }, reply) =>
      sendAnswer(reply, await answers.get(url, () => readVenue(view, params.venueId))),
  );
  server.get(
    "/v1/venues/:venueId/bundle",
    {
      schema: {
        tags,
        summary:
          "What shows, offline, what the list that the coalition signed says of a venue, also that it is not on it",
        params: venueParams,
        response: { 200: bundleSchema, default: problemResponse },
      },
    },
    async ({ params: { venueId } }, reply) =>
      sendFile(reply, `venue-${venueId}.comity.json`, await registries.bundle("venues", venueId)),
  );
}

/** The same list for screening tools. A file cannot name its block inside, so a header does. */
export function addScreeningRoutes(server: RestServer, deps: RegistryRouteDeps): void {
  const files = [
    ["targets.simple.csv", CSV_TYPE, "Listed venues as OpenSanctions' simplified CSV", deps.targetsCsv],
    [
      "entities.ftm.json",
      FTM_TYPE,
      "Listed and delisted venues as FollowTheMoney entities, one a line",
      deps.ftmEntities,
    ],
  ] as const;
  for (const [name, contentType, summary, make] of files) {
    server.get(
      `/v1/venues/${name}`,
      {
        schema: {
          tags: ["venues"],
          summary,
          response: { 200: fileSchema(summary, contentType), default: problemResponse },
        },
      },
      async (_request, reply) => {
        const { height, text } = await make();
        void reply.header("comity-height", String(height));
        return sendFile(reply, name, Buffer.from(text), contentType);
      },
    );
  }
}

export function addDigestRoutes(server: RestServer, { registries }: RegistryRouteDeps): void {
  const tags = ["digests"];
  server.get(
    "/v1/digests/:registry",
    {
      schema: {
        tags,
        summary: "The newest digest of a registry, with the coalition's signature",
        params: registryParams,
        response: { 200: digestSchema, default: problemResponse },
      },
    },
    ({ params }) => registries.digest(params.registry),
  );
  server.get(
    "/v1/digests/:registry/entries",
    {
      schema: {
        tags,
        summary:
          "Everything that the newest digest covers, in the order of its tree: whoever hashes it anew must get its root",
        params: registryParams,
        querystring: pageQuery,
        response: { 200: pageOf(entrySchema), default: problemResponse },
      },
    },
    ({ params, query }) => registries.entries(params.registry, query),
  );
}
