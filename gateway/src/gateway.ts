import { readFileSync } from "node:fs";
import { decodeGenesis, genesisId } from "@comity/protocol";
import { siteFolder } from "@comity/web";
import type { FastifyBaseLogger } from "fastify";
import type { Config } from "./config.ts";
import { HttpNodeConsole } from "./node/nodeConsole.ts";
import { createRestServer } from "./rest/server.ts";
import { AnswerCache } from "./service/answerCache.ts";
import { BundleService } from "./service/bundleService.ts";
import { cachedReader, type LedgerReader } from "./service/ledgerReader.ts";
import type { NodeStatus } from "./service/nodeConsole.ts";
import { readCoalition } from "./service/readCoalition.ts";
import { createMetrics } from "./telemetry/metrics.ts";

export interface GatewayDeps {
  /** Closed by whoever opened it, after the gateway has stopped. */
  readonly ledger: LedgerReader;
  readonly log: FastifyBaseLogger;
  readonly now: () => number;
}

export interface Gateway {
  readonly url: string;
  stop(): Promise<void>;
}

const STATUS_TIMEOUT_MS = 3_000;
const BUNDLE_TIMEOUT_MS = 30_000;

/** Puts the parts together, in the order in which they need each other, and listens. */
export async function startGateway(
  config: Omit<Config, "ledger">,
  { ledger, log, now }: GatewayDeps,
): Promise<Gateway> {
  const genesisBytes = readFileSync(config.genesisFile);
  const genesis = decodeGenesis(genesisBytes);
  const networkId = genesisId(genesisBytes);

  const metrics = createMetrics();
  const timeouts = { statusTimeoutMs: STATUS_TIMEOUT_MS, bundleTimeoutMs: BUNDLE_TIMEOUT_MS };
  const nodes = config.nodes.map((node) => new HttpNodeConsole({ ...node, ...timeouts }));
  const answers = new AnswerCache<Uint8Array>({ ttlMs: 1_000, maxEntries: 256, maxInFlight: 32 }, { now });
  const nodeStatus = new AnswerCache<NodeStatus>(
    { ttlMs: 2_000, maxEntries: 128, maxInFlight: 128 },
    { now },
  );
  const reader = cachedReader(ledger, answers);
  const bundles = new BundleService(
    { genesis: networkId, maxKeptBytes: 32 * 1024 * 1024, maxInFlight: 4 },
    { nodes, onAnswer: metrics.countBundle },
  );

  const server = await createRestServer(
    { siteFolder },
    {
      ledger: reader,
      bundles,
      coalition: () => readCoalition({ ledger: reader, nodes, nodeStatus, genesis, networkId }),
      networkId,
      genesisBytes,
      metrics: metrics.text,
      requests: metrics,
      log,
    },
  );
  const url = await server.listen({ host: config.host, port: config.port });
  return { url, stop: () => server.close() };
}
