import { randomBytes } from "node:crypto";
import { faultBound, readCheckpoint } from "@comity/protocol";
import {
  CheckpointGossip,
  createGossipNetwork,
  EquivocationGossip,
  type GossipNetwork,
  MirrorReplicator,
  serveEvidence,
  serveMirror,
  SummaryGossip,
} from "../gossip/index.ts";
import { type EvidenceLogs, FileEvidenceLogs } from "../log/index.ts";
import { CheckpointArchive } from "../watchfloor/index.ts";
import type { Core } from "./core.ts";
import type { LedgerParts } from "./ledgerParts.ts";

/** Evidence on this disk, from other members, and on their disks. */
export interface EvidenceParts {
  readonly logs: FileEvidenceLogs;
  /** Not started: others open their streams and topics on it first. */
  readonly network: GossipNetwork;
  readonly archive: CheckpointArchive;
  readonly replicator: MirrorReplicator;
  readonly checkpoints: CheckpointGossip;
  readonly summaries: SummaryGossip;
  readonly equivocations: EquivocationGossip;
}

/** Real ms: far above what a healthy network needs, far below what an officer would wait. */
export const answerTimeoutMs = 5000;
const gossipMs = 10_000;

export async function openEvidenceParts(core: Core, ledgerParts: LedgerParts): Promise<EvidenceParts> {
  const { view, identity } = ledgerParts;
  const { networkId, memberCount, clock, verify, random, logOf } = core;
  const { members } = core.genesis;
  const logs = await startLogs(core, ledgerParts);
  const network = await openNetwork(core, ledgerParts);
  const archive = new CheckpointArchive({ directory: core.inData("checkpoints") });
  serveEvidence({ network, logs, checkpointAt: (origin, size) => noteAt({ logs, archive }, origin, size) });
  const names = { networkId, members, site: (siteId: string) => view.site(siteId) };
  serveMirror({ ...names, host: (hostId) => view.host(hostId) }, { network, logs, verify });
  const replicator = new MirrorReplicator(
    { ownIndex: identity.index, memberCount, copies: faultBound(memberCount) + 1, answerTimeoutMs },
    { logs, network, clock, random, log: logOf("replicator") },
  );
  const deps = { network, logs, names, verify, clock, log: logOf("gossip") };
  const equivocations = new EquivocationGossip({ ...deps, emit: core.emit });
  const checkpoints = new CheckpointGossip({ intervalMs: gossipMs }, { ...deps, equivocations });
  const summaries = new SummaryGossip({ intervalMs: gossipMs }, { ...deps, identity });
  return { logs, network, archive, replicator, checkpoints, summaries, equivocations };
}

async function startLogs(
  { life, networkId, genesis, config, verify, clock, emit, fatal, inData }: Core,
  { identity }: LedgerParts,
): Promise<FileEvidenceLogs> {
  const { mirrorMaxBytes: maxMirrorBytes } = config;
  const logs = new FileEvidenceLogs(
    { directory: inData("logs"), networkId, members: genesis.members, maxMirrorBytes },
    { identity, verify, randomBytes, clock, fatal },
  );
  logs.onEquivocation(({ origin }) => emit({ event: "equivocation", origin }));
  await life.start(logs);
  return logs;
}

export const peerKeyFile = ({ inData }: Core): string => inData("peer.key");

function openNetwork(core: Core, { view, identity }: LedgerParts): Promise<GossipNetwork> {
  const { networkId, clock, random } = core;
  const { host, port } = core.config.gossip;
  return createGossipNetwork(
    { networkId, ownIndex: identity.index, host, port, keyFile: peerKeyFile(core) },
    { members: () => view.members(), clock, random, log: core.logOf("gossip") },
  );
}

/** The signed note of a log at just that size: the newest, or one that an alert names. */
async function noteAt(
  { logs, archive }: { readonly logs: EvidenceLogs; readonly archive: CheckpointArchive },
  origin: string,
  size: number,
): Promise<string | undefined> {
  const newest = logs.head(origin)?.checkpoint;
  const isNewest = newest !== undefined && readCheckpoint(newest).size === size;
  return isNewest ? newest : archive.get(origin, size);
}
