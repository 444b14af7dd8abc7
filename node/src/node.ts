import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as blst from "@chainsafe/blst";
import {
  blstBls,
  decodeGenesis,
  faultBound,
  genesisId,
  keyWindowMs,
  parseMemberId,
  readCheckpoint,
} from "@comity/protocol";
import { type LedgerClient, openOutbox } from "@comity/ledger";
import { createEd25519Verify, Intake, IntakeServer, rememberedVerify } from "./attestation/index.ts";
import { systemClock } from "./clock.ts";
import type { NodeConfig } from "./config.ts";
import { BundleSource } from "./console/bundleSource.ts";
import { nodeConditions } from "./console/conditions.ts";
import { ConsoleServer } from "./console/consoleServer.ts";
import { nodeSources } from "./console/nodeSources.ts";
import { officerDesk } from "./console/officer/officerDesk.ts";
import { DutySigner } from "./duty/index.ts";
import {
  CheckpointGossip,
  createGossipNetwork,
  EquivocationGossip,
  loadPeerKey,
  MirrorReplicator,
  serveEvidence,
  serveMirror,
  signPeerClaim,
  type Startable,
  SummaryGossip,
} from "./gossip/index.ts";
import { KeyCeremony } from "./keygen/keyCeremony.ts";
import { KeyStore } from "./keygen/keyStore.ts";
import { KeyVault } from "./keygen/keyVault.ts";
import { KeyWork } from "./keygen/keyWork.ts";
import { ShareFiles } from "./keygen/shareFiles.ts";
import { BucketCloser } from "./ledger/bucketCloser.ts";
import { connectNode, settleKept } from "./ledger/connectNode.ts";
import { LedgerFollower } from "./ledger/ledgerFollower.ts";
import { LedgerProbe } from "./ledger/ledgerProbe.ts";
import { LedgerReader } from "./ledger/ledgerReader.ts";
import { ownMember } from "./ledger/ownMember.ts";
import { Registration } from "./ledger/registration.ts";
import { ViewStore } from "./ledger/viewStore.ts";
import { Lifecycle } from "./lifecycle.ts";
import { makeDirectory } from "./log/durableFile.ts";
import { type EvidenceLogs, FileEvidenceLogs } from "./log/index.ts";
import { loadIdentity } from "./signing/identity.ts";
import { Cosigner } from "./signing/index.ts";
import { signingRules } from "./signing/signingRules.ts";
import type { NodeEvent } from "./telemetry/events.ts";
import type { Log } from "./telemetry/log.ts";
import { createMetrics } from "./telemetry/metrics.ts";
import { openTips } from "./tip/index.ts";
import {
  AlertAppraiser,
  bundleFor,
  CheckpointArchive,
  Detector,
  EvidenceSource,
} from "./watchfloor/index.ts";

export interface NodeDeps {
  readonly log: Log;
  readonly emit: (event: NodeEvent) => void;
  /** Told of a broken invariant: the process must stop at once, and loudly. */
  readonly fatal: (error: Error) => void;
}

export interface ComityNode {
  readonly ports: { readonly intake: number; readonly console: number; readonly tips?: number };
  readonly peerId: string;
  readonly addresses: readonly string[];
  stop(): Promise<void>;
}

/** Real ms: far above what a healthy network needs, far below what an officer would wait. */
const staggerMs = 1000;
const answerTimeoutMs = 5000;
const gossipMs = 10_000;
/** A month of a large site, page by page, from another member. */
const rangeTimeoutMs = 120_000;
const signing = { regossipMs: 2000, fileStaggerMs: staggerMs };
const appraisal = { retryMs: 500, patienceMs: 30_000 };
const detection = {
  scanMs: 1000,
  staggerMs: 3000,
  firstPauseMs: 5000,
  longestPauseMs: 300_000,
  deferenceMs: 30_000,
};
/** The ledger's own window on an evaluation network is shorter than a busy machine needs to start a node anew. */
const leastKeyWindowMs = 20_000;
const maxKeys = 16_384;
const maxAccepted = 32_768;
/** A gibibyte of tips for each member. */
const cellsPerMember = 16_384;
/** Starts a member's node. What had started stops again where something fails. */
export async function startNode(config: NodeConfig, deps: NodeDeps): Promise<ComityNode> {
  const life = new Lifecycle(deps);
  try {
    return await compose(config, deps, life);
  } catch (error) {
    await life.stop();
    throw error;
  }
}

/** All parts of the node, top to bottom, each started when what it rests on runs. */
async function compose(config: NodeConfig, deps: NodeDeps, life: Lifecycle): Promise<ComityNode> {
  const { emit, fatal } = deps;
  const logOf = (module: string) => deps.log.child({ module });
  const inData = (name: string) => join(config.dataDir, name);
  const { random } = Math;
  await makeDirectory(config.dataDir);

  // Who we are.
  const genesisBytes = await readFile(config.genesisFile);
  const genesis = decodeGenesis(genesisBytes);
  const networkId = genesisId(genesisBytes);
  const memberId = parseMemberId(config.memberId);
  const memberCount = genesis.members.length;
  const clock = systemClock(genesis);
  const verify = rememberedVerify(createEd25519Verify({ maxKeys }), { maxAccepted });
  const bls = blstBls(blst);

  // The ledger, and what this node knows of it.
  const outbox = await openOutbox(inData("outbox"));
  life.onStop(() => outbox.close());
  const ledger = await connectNode(config.ledger, { log: logOf("ledger"), outbox });
  life.onStop(() => ledger.close());
  void settleKept(ledger, logOf("ledger"));
  const reader = new LedgerReader({ networkId, genesis }, { ledger, verify });
  const waiting = new AbortController();
  life.onStop(() => waiting.abort());
  const member = await ownMember(
    { genesis, memberId },
    { reader, clock, random, log: logOf("ledger"), signal: waiting.signal },
  );
  // One that joined since holds no share until the key is made anew: it follows, votes and keeps time, but neither proposes nor signs.
  const holdsShare = genesis.members.some((each) => each.memberId === memberId);
  const startAsHolder = async (part: Startable): Promise<void> => {
    if (holdsShare) await life.start(part);
  };
  const identity = await loadIdentity({ member, keyFile: config.identityKeyFile });
  const { index } = identity;
  const store = new ViewStore(inData("ledger"));
  const view = new LedgerFollower(
    { genesis },
    { ledger, reader, store, clock, random, log: logOf("ledger"), fatal },
  );
  await life.start(view);
  followMembers(view, ledger);

  // Evidence: on this disk, from other members, on their disks.
  const logs = new FileEvidenceLogs(
    {
      directory: inData("logs"),
      networkId,
      members: genesis.members,
      maxMirrorBytes: config.mirrorMaxBytes,
    },
    { identity, verify, randomBytes, clock, fatal },
  );
  logs.onEquivocation(({ origin }) => emit({ event: "equivocation", origin }));
  await life.start(logs);
  const peerKeyFile = inData("peer.key");
  const network = await createGossipNetwork(
    {
      networkId,
      ownIndex: index,
      host: config.gossip.host,
      port: config.gossip.port,
      keyFile: peerKeyFile,
    },
    { members: () => view.members(), clock, random, log: logOf("gossip") },
  );
  const archive = new CheckpointArchive({ directory: inData("checkpoints") });
  serveEvidence({ network, logs, checkpointAt: (origin, size) => noteAt({ logs, archive }, origin, size) });
  const replicator = new MirrorReplicator(
    { ownIndex: index, memberCount, copies: faultBound(memberCount) + 1, answerTimeoutMs },
    { logs, network, clock, random, log: logOf("replicator") },
  );
  const names = { networkId, members: genesis.members, site: (siteId: string) => view.site(siteId) };
  serveMirror({ ...names, host: (hostId) => view.host(hostId) }, { network, logs, verify });
  const topicDeps = { network, logs, names, verify, clock, log: logOf("gossip") };
  const equivocations = new EquivocationGossip({ ...topicDeps, emit });
  const checkpoints = new CheckpointGossip({ intervalMs: gossipMs }, { ...topicDeps, equivocations });
  const summaries = new SummaryGossip({ intervalMs: gossipMs }, { ...topicDeps, identity });

  // Detection and co-signing.
  const evidence = new EvidenceSource(
    { ownIndex: index, answerTimeoutMs, rangeTimeoutMs },
    { genesis, logs, network, archive, verify },
  );
  const appraiser = new AlertAppraiser(
    { networkId, ...appraisal },
    { genesis, ledger: view, evidence, verify, clock },
  );
  const shares = new ShareFiles(inData("keys"));
  const keyStore = new KeyStore({ shares, ledger: view });
  const cosigner = await Cosigner.open(
    { genesis, networkId, memberCount, directory: inData("signing"), ...signing, ...signingRules(genesis) },
    {
      ...{
        network,
        ledger: view,
        submitter: ledger,
        shares: keyStore,
        identity,
        appraiser,
        verify,
        bls,
        clock,
        random,
        emit,
      },
      log: logOf("signing"),
    },
  );
  const detector = new Detector(
    { ownIndex: index, ...detection },
    {
      genesis,
      logs,
      ledger: view,
      proposals: cosigner,
      appraiser,
      archive,
      verify,
      clock,
      log: logOf("detector"),
      emit,
    },
  );
  const duties = new DutySigner(
    { networkId, ownIndex: index, memberCount, ...signing },
    {
      ...{ network, ledger: view, submitter: ledger, shares: keyStore, signer: cosigner.signer },
      ...{ verify, bls, clock, random, emit, log: logOf("duty") },
    },
  );

  const tips = await openTips(
    {
      ...{ directory: inData("tips"), networkId, genesis, memberId, answerTimeoutMs, cellsPerMember },
      // Who checks a receipt offline knows the founders' identity keys.
      server: holdsShare ? config.tips : undefined,
    },
    { network, identity, verify, clock, random, log: logOf("tips"), fatal },
  );
  await life.start(network);
  await life.start(replicator);
  await life.start(checkpoints);
  await life.start(summaries);
  await life.start(cosigner);
  await life.start(duties);
  await startAsHolder(detector);

  // Intake.
  const intake = new Intake(
    { directory: inData("hosts"), networkId, memberId, networkClock: genesis.clock },
    { logs, replicator, enrolments: view, clock, verify, fatal },
  );
  await life.start(intake);
  const report = (error: unknown) => logOf("intake").error("a request could not be answered", { error });
  const { port: intakePort } = await life.start(
    new IntakeServer(await intakeOptions(config.intake), { intake, report }),
  );

  for (const part of tips.parts) await life.start(part);

  // Duties on the ledger.
  const address = {
    peerId: network.peerId,
    addresses: config.gossip.announce ?? network.addresses,
    intakeAddress: config.intake.announce ?? `${config.intake.host}:${intakePort}`,
  };
  const signature = await signPeerClaim(await loadPeerKey(peerKeyFile), networkId, memberId);
  const registration = new Registration(
    { memberId, address, signature },
    { view, ledger, clock, random, log: logOf("registration") },
  );
  const windowMs = Math.max(keyWindowMs(genesis.mode), config.keyWindowMs ?? leastKeyWindowMs);
  const ceremony = new KeyCeremony(
    {
      index,
      memberCount,
      threshold: genesis.threshold,
      windowMs,
      staggerMs,
      patienceMs: config.keyPatienceMs,
    },
    {
      ...{
        ledger,
        view,
        vault: new KeyVault(inData("keys")),
        shares,
        signer: cosigner.signer,
        clock,
        random,
        emit,
        log: logOf("keygen"),
      },
      work: new KeyWork({ networkId, genesis }, { identity, random: randomBytes }),
    },
  );
  await life.start(registration);
  await startAsHolder(ceremony);
  await life.start(
    new BucketCloser({ genesis, index, staggerMs }, { view, ledger, clock, random, log: logOf("buckets") }),
  );

  // What others see of this node.
  const probe = new LedgerProbe({ ledger, clock });
  const conditions = nodeConditions({ probe, view, registration, ceremony, network });
  const bundling = { genesis, networkId, ledger: view, evidence, verify };
  const bundles = new BundleSource(
    { networkId, timeoutMs: rangeTimeoutMs },
    { view, bls, verify, gather: (alert, signal) => bundleFor(alert, bundling, signal) },
  );
  const metrics = createMetrics({ view, network, cosigner, duties, logs, replicator, intake });
  const sources = nodeSources(
    { memberId, networkId, genesis, conditions },
    { view, logs, network, cosigner, keyStore, ceremony, bundles, metrics, summaries, equivocations },
  );
  const officer = await connectOfficer(config, { life, view, log: logOf("officer") });
  const desk = officerDesk(
    { memberId, genesis, networkId },
    { view, ledger, sources, tips: () => tips.store.list(), officer },
  );
  const console = new ConsoleServer(
    { ...config.console, networkId },
    { sources, officer: { desk, randomBytes }, log: logOf("console") },
  );
  await life.start(console);

  const ports = {
    ...{ intake: intakePort, console: console.port },
    ...(tips.server && { tips: tips.server.port }),
  };
  return { ports, peerId: network.peerId, addresses: network.addresses, stop: () => life.stop() };
}

/** With the officer's own certificate, for votes through the console; undefined where none is configured. */
async function connectOfficer(
  { ledger, officer }: NodeConfig,
  { life, view, log }: { readonly life: Lifecycle; readonly view: LedgerFollower; readonly log: Log },
): Promise<LedgerClient | undefined> {
  if (officer === undefined) return undefined;
  const client = await connectNode({ ...ledger, ...officer }, { log });
  life.onStop(() => client.close());
  followMembers(view, client);
  return client;
}

/** The members who must endorse are those of the register, whatever the configuration says. */
function followMembers(view: LedgerFollower, ledger: LedgerClient): void {
  const follow = (): void => ledger.endorseBy(view.members().map(({ mspId }) => mspId));
  view.onBlock(({ transactions }) => {
    const types = transactions.flatMap(({ events }) => events.map(({ type }) => type));
    if (types.includes("member-joined") || types.includes("member-left")) follow();
  });
  follow();
}

async function intakeOptions({
  host,
  port,
  certificateFile,
  keyFile,
  clientRootFiles,
}: NodeConfig["intake"]) {
  const read = (path: string) => readFile(path, "utf8");
  const clientRoots = await Promise.all(clientRootFiles.map(read));
  return { host, port, certificate: await read(certificateFile), key: await read(keyFile), clientRoots };
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
