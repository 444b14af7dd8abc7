import { fastifyStatic } from "@fastify/static";
import swagger from "@fastify/swagger";
import { fastify, type FastifyBaseLogger, LogController } from "fastify";
import type { RequestMetrics } from "../telemetry/metrics.ts";
import { handleClientError, handleError, handleNotFound, refuseOtherMethods } from "./errors.ts";
import { setETag, setHeaders } from "./headers.ts";
import {
  addBondRoutes,
  addDigestRoutes,
  addScreeningRoutes,
  addVenueRoutes,
  type RegistryRouteDeps,
} from "./registryRoutes.ts";
import {
  addAlertRoutes,
  addCoalitionRoutes,
  addNoticeRoutes,
  addOperatorRoutes,
  type RouteDeps,
} from "./routes.ts";
import { addNoTipPage, addTipRoutes, type TipRouteDeps } from "./tipRoutes.ts";
import type { RestServer, TypeBoxProvider } from "./typeProvider.ts";

export interface RestServerOptions {
  /** Folder of the built page. */
  readonly siteFolder: string;
}

export interface RestServerDeps extends RouteDeps, RegistryRouteDeps {
  readonly log: FastifyBaseLogger;
  /** Undefined where this gateway takes no tips. */
  readonly tips?: TipRouteDeps | undefined;
  readonly requests: RequestMetrics;
}

const info = {
  title: "Comity gateway",
  version: "1",
  description:
    "What a coalition publishes. Nothing here needs to be believed: bundles verify offline, given the genesis fingerprint.",
  license: { name: "Apache-2.0", identifier: "Apache-2.0" },
};

export async function createRestServer(
  { siteFolder }: RestServerOptions,
  deps: RestServerDeps,
): Promise<RestServer> {
  const server = fastify({
    loggerInstance: deps.log,
    logController: new LogController({ disableRequestLogging: true }),
    // Nobody sends a body here, but for tips.
    bodyLimit: 1024,
    requestTimeout: 10_000,
    connectionTimeout: 60_000,
    routerOptions: { maxParamLength: 128 },
    clientErrorHandler: handleClientError,
    frameworkErrors: (error, request, reply) => void handleError(error, request, reply),
    // Refuse what a route does not know, rather than dropping it silently.
    ajv: { customOptions: { removeAdditional: false, allErrors: true } },
  }).withTypeProvider<TypeBoxProvider>();
  server.setSerializerCompiler(() => (value) => JSON.stringify(value));
  server.setErrorHandler(handleError);
  server.setNotFoundHandler(handleNotFound);
  server.addHook("onRequest", refuseOtherMethods);
  server.addHook("onSend", setHeaders);
  server.addHook("onSend", setETag);
  server.addHook("onResponse", deps.requests.observe);

  await server.register(swagger, { openapi: { openapi: "3.1.0", info }, hideUntagged: true });
  addCoalitionRoutes(server, deps);
  addNoticeRoutes(server, deps);
  addAlertRoutes(server, deps);
  addBondRoutes(server, deps);
  addVenueRoutes(server, deps);
  addScreeningRoutes(server, deps);
  addDigestRoutes(server, deps);
  if (deps.tips) addTipRoutes(server, deps.tips);
  else addNoTipPage(server);
  addOperatorRoutes(server, deps);
  server.get("/openapi.json", { schema: { hide: true } }, () => server.swagger());
  // Without wildcard, each file is its own route and everything else is a problem document.
  await server.register(fastifyStatic, { root: siteFolder, wildcard: false, cacheControl: false });
  return server;
}
