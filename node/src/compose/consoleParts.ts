import { randomBytes } from "node:crypto";
import type { LedgerClient } from "@comity/ledger";
import { BundleSource } from "../console/bundleSource.ts";
import { nodeConditions } from "../console/conditions.ts";
import { ConsoleServer } from "../console/consoleServer.ts";
import type { ConsoleSources } from "../console/consoleSources.ts";
import { nodeSources } from "../console/nodeSources.ts";
import { officerDesk } from "../console/officer/officerDesk.ts";
import { connectNode } from "../ledger/connectNode.ts";
import { LedgerProbe } from "../ledger/ledgerProbe.ts";
import { createMetrics } from "../telemetry/metrics.ts";
import type { Tips } from "../tip/index.ts";
import { bundleFor } from "../watchfloor/index.ts";
import type { Core } from "./core.ts";
import { type CosigningParts, rangeTimeoutMs } from "./cosigningParts.ts";
import type { DutyParts } from "./dutyParts.ts";
import type { EvidenceParts } from "./evidenceParts.ts";
import type { IntakeParts } from "./intakeParts.ts";
import { followMembers, type LedgerParts } from "./ledgerParts.ts";

type Parts = LedgerParts & EvidenceParts & CosigningParts & IntakeParts & DutyParts;

/** What others see of this node. */
export async function startConsole(core: Core, parts: Parts, tips: Tips): Promise<ConsoleServer> {
  const { config, life, networkId, genesis, memberId } = core;
  const { view, ledger } = parts;
  const sources = sourcesOf(core, parts);
  const officer = await connectOfficer(core, parts);
  const desk = officerDesk(
    { memberId, genesis, networkId },
    { view, ledger, sources, tips: () => tips.store.list(), officer },
  );
  const console = new ConsoleServer(
    { ...config.console, networkId },
    { sources, officer: { desk, randomBytes }, log: core.logOf("console") },
  );
  await life.start(console);
  return console;
}

function sourcesOf({ clock, bls, verify, networkId, genesis, memberId }: Core, parts: Parts): ConsoleSources {
  const { view, ledger, evidence } = parts;
  const probe = new LedgerProbe({ ledger, clock });
  const conditions = nodeConditions({ ...parts, probe });
  const bundling = { genesis, networkId, ledger: view, evidence, verify };
  const bundles = new BundleSource(
    { networkId, timeoutMs: rangeTimeoutMs },
    { view, bls, verify, gather: (alert, signal) => bundleFor(alert, bundling, signal) },
  );
  const metrics = createMetrics(parts);
  return nodeSources({ memberId, networkId, genesis, conditions }, { ...parts, bundles, metrics });
}

/** With the officer's own certificate, for votes through the console; undefined where none is configured. */
async function connectOfficer(core: Core, { view }: Parts): Promise<LedgerClient | undefined> {
  const { officer, ledger } = core.config;
  if (officer === undefined) return undefined;
  const client = await connectNode({ ...ledger, ...officer }, { log: core.logOf("officer") });
  core.life.onStop(() => client.close());
  followMembers(view, client);
  return client;
}
