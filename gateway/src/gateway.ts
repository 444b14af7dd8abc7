import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as timeout } from "node:timers/promises";
import { decodeGenesis, genesisId, nobleBls } from "@comity/protocol";
import { siteFolder } from "@comity/web";
import type { FastifyBaseLogger } from "fastify";
import type { Config } from "./config.ts";
import { HttpNodeConsole } from "./node/nodeConsole.ts";
import { type LedgerBlocks, Projection } from "./projection/projection.ts";
import { ProjectionStore } from "./projection/projectionStore.ts";
import { BlockAnswers } from "./rest/blockAnswers.ts";
import { createRestServer } from "./rest/server.ts";
import { AnswerCache } from "./service/answerCache.ts";
import { BundleService } from "./service/bundleService.ts";
import { cachedReader, type LedgerReader, type LedgerWriter } from "./service/ledgerReader.ts";
import type { NodeStatus } from "./service/nodeConsole.ts";
import { assertCurrent, lagBlocks } from "./service/projectionHealth.ts";
import { readCoalition, readRegister } from "./service/readCoalition.ts";
import { RegistryService } from "./service/registryService.ts";
import { rememberingBls } from "./service/rememberingBls.ts";
import { ftmEntities, targetsCsv } from "./service/screeningFiles.ts";
import { createMetrics } from "./telemetry/metrics.ts";
import { openTipDesk } from "./tips.ts";

export interface GatewayDeps {
  /** Closed by whoever opened it, after the gateway has stopped. */
  readonly ledger: LedgerReader & LedgerBlocks;
  /** Needed where the configuration says that this gateway takes tips. */
  readonly writer?: LedgerWriter | undefined;
  readonly log: FastifyBaseLogger;
  readonly now: () => number;
}

export interface Gateway {
  readonly url: string;
  stop(): Promise<void>;
}

const STATUS_TIMEOUT_MS = 3_000;
const BUNDLE_TIMEOUT_MS = 30_000;

/** Puts the parts together, in the order in which they need each other, and listens. What it has to say of the ledger may come later. */
export async function startGateway(
  config: Omit<Config, "ledger">,
  { ledger, writer, log, now }: GatewayDeps,
): Promise<Gateway> {
  const genesisBytes = readFileSync(config.genesisFile);
  const genesis = decodeGenesis(genesisBytes);
  const networkId = genesisId(genesisBytes);

  const timeouts = { statusTimeoutMs: STATUS_TIMEOUT_MS, bundleTimeoutMs: BUNDLE_TIMEOUT_MS };
  const nodes = config.nodes.map((node) => new HttpNodeConsole({ ...node, ...timeouts }));
  const answers = new AnswerCache<Uint8Array>({ ttlMs: 1_000, maxEntries: 256, maxInFlight: 32 }, { now });
  const nodeStatus = new AnswerCache<NodeStatus>(
    { ttlMs: 2_000, maxEntries: 128, maxInFlight: 128 },
    { now },
  );
  const reader = cachedReader(ledger, answers);
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const view = new Projection(
    { genesis, networkId },
    {
      ledger,
      store: new ProjectionStore(join(config.dataDir, "projection")),
      now,
      sleep: (ms, signal) => timeout(ms, undefined, { signal }),
      random: Math.random,
      log: log.child({ module: "projection" }),
    },
  );
  const health = { view, nodes, nodeStatus, genesis, now };
  const metrics = createMetrics({ status: () => view.status(), lagBlocks: () => lagBlocks(health) });
  const bundles = new BundleService(
    { genesis: networkId, maxKeptBytes: 32 * 1024 * 1024, maxInFlight: 4 },
    { nodes, onAnswer: metrics.countBundle },
  );

  const registries = new RegistryService(
    { genesis, networkId, maxKeptBytes: 16 * 1024 * 1024, maxInFlight: 8 },
    { view, bls: rememberingBls(nobleBls, 1024) },
  );
  await view.start();

  const tips = config.tips && openTipDesk(config.tips, { genesis, networkId, ledger, writer, log, now });
  const server = await createRestServer(
    { siteFolder },
    {
      view,
      bundles,
      registries,
      answers: new BlockAnswers({ maxBytes: 32 * 1024 * 1024 }, { view }),
      targetsCsv: () => targetsCsv({ view, genesis, networkId }),
      ftmEntities: () => ftmEntities({ view, genesis, networkId }),
      coalition: () => readCoalition({ ledger: reader, view, nodes, nodeStatus, genesis, networkId }),
      assertReady: async () => {
        await readRegister({ ledger: reader, networkId });
        await assertCurrent(health);
      },
      networkId,
      genesisBytes,
      metrics: metrics.text,
      requests: metrics,
      log,
      tips: tips && { desk: tips.desk, networkId },
    },
  );
  const url = await server.listen({ host: config.host, port: config.port });
  tips?.filer.start();
  const stop = async (): Promise<void> => {
    await tips?.filer.stop();
    await server.close();
    await view.stop();
  };
  return { url, stop };
}
