import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as blst from "@chainsafe/blst";
import {
  addContribution,
  type AlertStatement,
  alertStatement,
  alertWindow,
  blstBls,
  contributionOf,
  DAY_MS,
  decodeEntry,
  decodeGenesis,
  defaultRulebook,
  encodeCanonical,
  type EpochRecord,
  epochRecordBytes,
  type Genesis,
  type Interval,
  isDeclared,
  genesisId,
  hostIdOf,
  type NetworkId,
  type NoticeDocument,
  parseMemberId,
  parseOperatorId,
  parseSiteId,
  type Tally,
  toHex,
} from "@comity/protocol";
import { createEd25519Verify } from "../../src/attestation/index.ts";
import { serveEvidence } from "../../src/gossip/evidenceStream.ts";
import { serveMirror } from "../../src/gossip/mirrorServer.ts";
import type { GossipNetwork } from "../../src/gossip/network.ts";
import { MirrorReplicator } from "../../src/gossip/replicator.ts";
import { Cosigner } from "../../src/signing/cosigner.ts";
import type { NodeEvent } from "../../src/signing/ports.ts";
import { AlertAppraiser } from "../../src/watchfloor/appraiser.ts";
import { CheckpointArchive } from "../../src/watchfloor/checkpointArchive.ts";
import { Detector } from "../../src/watchfloor/detector.ts";
import { EvidenceSource } from "../../src/watchfloor/evidenceSource.ts";
import { MemoryLogs } from "../gossip/memoryLogs.ts";
import { hostKey, type SegmentSpec, testItem, testOrigin } from "../gossip/testEvidence.ts";
import { type TestKey, testKey } from "../gossip/testKeys.ts";
import { quiet, realClock, TestNetworks } from "../gossip/testNetworks.ts";
import { type TestGroupKey, testGroupKey } from "./testKeyShares.ts";
import { TestLedger } from "./testLedger.ts";

export const memberIds = ["aa", "bb", "cc", "dd"];
export const originMs = 1_700_000_000_000;
export const operatorId = parseOperatorId("operator-one");
export const siteId = parseSiteId("site-one");

export interface Member {
  readonly index: number;
  readonly network: GossipNetwork;
  readonly cosigner: Cosigner;
  readonly detector: Detector;
  readonly evidence: EvidenceSource;
  readonly appraiser: AlertAppraiser;
  readonly replicator: MirrorReplicator;
}

/** Four members with real gossip on loopback, around one ledger in memory. Their disks outlive them. */
export class TestCoalition {
  readonly networks = new TestNetworks();
  readonly keys: readonly TestKey[] = memberIds.map((id) => testKey(id));
  readonly group: TestGroupKey = testGroupKey("group", 3, 4);
  readonly genesis: Genesis;
  readonly networkId: NetworkId;
  readonly ledger: TestLedger;
  readonly logs: readonly MemoryLogs[];
  readonly members = new Map<number, Member>();
  readonly events: (NodeEvent & { readonly member: number })[] = [];
  readonly origin: string;
  readonly #dir: string;
  readonly #closing = new AbortController();

  private constructor(dir: string) {
    this.#dir = dir;
    const bytes = encodeCanonical({
      type: "comity/v1/genesis",
      name: "Test",
      mode: "evaluation",
      clock: { originMs, scale: 1, scaledMs: 0, bucketMs: 60_000 },
      threshold: 3,
      members: memberIds.map((memberId, i) => ({
        index: i + 1,
        memberId,
        name: `State ${memberId}`,
        mspId: `${memberId}MSP`,
        identityKey: this.keys[i]!.publicHex,
      })),
      rulebook: defaultRulebook(),
    });
    this.genesis = decodeGenesis(bytes);
    this.networkId = genesisId(bytes);
    this.origin = testOrigin(this.networkId, "aa", operatorId, siteId);
    this.logs = this.keys.map((key, i) => new MemoryLogs({ ownIndex: i + 1, memberIds, key }));
    this.ledger = new TestLedger(this.networkId);
    this.#fillLedger();
  }

  static async create(): Promise<TestCoalition> {
    return new TestCoalition(await mkdtemp(join(tmpdir(), "comity-coalition-")));
  }

  async start(...indices: number[]): Promise<void> {
    for (const index of indices) await this.#start(index);
  }

  /** As a crash: nothing is said, and nothing is written any more. */
  async kill(index: number): Promise<void> {
    const member = this.members.get(index);
    this.members.delete(index);
    await Promise.all([member?.detector.stop(), member?.replicator.stop(), this.networks.stop(index)]);
    await member?.cosigner.stop();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    for (const index of [...this.members.keys()]) await this.kill(index);
    await this.networks.stopAll();
    await rm(this.#dir, { recursive: true, force: true });
  }

  /** A day of work per number, each by one segment. */
  async work(days: number, flopsADay: bigint, spec: Partial<SegmentSpec> = {}): Promise<void> {
    const log = this.logs[0]!;
    const from = log.head(this.origin)?.size ?? 0;
    const items = Array.from({ length: days }, (_, i) => {
      const startMs = originMs + (from + i) * DAY_MS;
      const numbers = { number: from + i + 1, startMs, endMs: startMs + DAY_MS, flops: flopsADay };
      return testItem(this.networkId, this.origin, { ...numbers, ...spec });
    });
    await log.append(this.origin, items);
  }

  /** What the first member's log supports now, beside what was declared. */
  async statement(
    change: Partial<AlertStatement> = {},
    declared: readonly Interval[] = [],
  ): Promise<AlertStatement> {
    const log = this.logs[0]!;
    const { size, root } = log.head(this.origin)!;
    const window = alertWindow(this.genesis, originMs);
    const tally = (await log.entries(this.origin, 0, size))
      .map((bytes) => contributionOf(decodeEntry(bytes), window))
      .filter((part) => part && !isDeclared(part, declared))
      .reduce<Tally | undefined>((sum, part) => (part ? addContribution(sum, part) : sum), undefined);
    const height = this.ledger.height();
    const parts = {
      subject: { operatorId, siteId },
      window,
      log: { origin: this.origin, size, root },
      entries: { from: 0, to: size },
      ledger: { height: Number(height), blockHash: this.ledger.blockHash(height)! },
    };
    return { ...alertStatement(this.genesis, parts, tally!), ...change };
  }

  notice(change: Partial<NoticeDocument> = {}): NoticeDocument {
    const notice = {
      noticeId: "01J0000000000000000000000A",
      rev: 1,
      status: "filed",
      facilities: [siteId],
      changedMs: originMs,
      plannedStartMs: originMs,
      plannedEndMs: originMs + 90 * DAY_MS,
    };
    return { ...notice, ...change } as NoticeDocument;
  }

  /** Resolves once the condition holds. */
  async until(condition: () => boolean): Promise<void> {
    const { signal } = this.#closing;
    while (!condition()) await realClock.sleep(10, signal);
  }

  eventsOf(event: string): (NodeEvent & { readonly member: number })[] {
    return this.events.filter((each) => each.event === event);
  }

  /** Decision events as "member: reason". */
  refusals(): string[] {
    return this.eventsOf("decision-sent")
      .filter(({ decision }) => decision === "refuse")
      .map(({ member, reason }) => `${member}: ${String(reason)}`)
      .sort();
  }

  async #start(index: number): Promise<void> {
    const network = await this.networks.create(index, { network: this.networkId });
    const member = await this.#build(index, network);
    await this.networks.start(index, network);
    await member.cosigner.start();
    await member.replicator.start();
    this.members.set(index, member);
  }

  async #build(index: number, network: GossipNetwork): Promise<Member> {
    const { genesis, networkId, ledger } = this;
    const [logs, key] = [this.logs[index - 1]!, this.keys[index - 1]!];
    const archive = new CheckpointArchive({ directory: join(this.#dir, `${index}`, "notes") });
    const common = {
      genesis,
      ledger,
      logs,
      network,
      archive,
      verify: createEd25519Verify({ maxKeys: 100 }),
      clock: realClock,
      random: Math.random,
      log: quiet,
    };
    const deps = { ...common, emit: (event: NodeEvent) => this.#emit(index, event) };
    const evidence = new EvidenceSource(
      { ownIndex: index, answerTimeoutMs: 2_000, rangeTimeoutMs: 10_000 },
      deps,
    );
    const appraiser = new AlertAppraiser(
      { networkId, retryMs: 50, patienceMs: 2_500 },
      { ...deps, evidence },
    );
    const cosigner = await Cosigner.open(
      {
        genesis,
        networkId,
        memberCount: 4,
        directory: join(this.#dir, `${index}`, "signing"),
        regossipMs: 100,
        fileStaggerMs: 200,
        maxOpenPerMember: 8,
        proposalLifeMs: 600_000,
        replacementBasisPoints: 12_500n,
      },
      {
        ...deps,
        appraiser,
        bls: blstBls(blst),
        identity: { index, sign: (bytes) => key.sign(bytes) },
        shares: {
          shareFor: (keyEpoch) => Promise.resolve(keyEpoch === 1 ? this.group.shares[index - 1] : undefined),
        },
        submitter: ledger,
      },
    );
    const detector = new Detector(
      {
        ...{ ownIndex: index, scanMs: 50, staggerMs: 20_000, firstPauseMs: 60_000, longestPauseMs: 600_000 },
        deferenceMs: 300,
      },
      { ...deps, proposals: cosigner, appraiser },
    );
    const replicator = new MirrorReplicator(
      { ownIndex: index, memberCount: 4, copies: 2, answerTimeoutMs: 1_000 },
      deps,
    );
    const site = (id: string): ReturnType<TestLedger["site"]> => ledger.site(id);
    const host = (id: string): ReturnType<TestLedger["host"]> => ledger.host(id);
    const names = { networkId, members: genesis.members, site, host };
    serveMirror(names, { network, logs, verify: createEd25519Verify({ maxKeys: 100 }) });
    const noteAt = (origin: string, size: number): Promise<string | undefined> => {
      const { checkpoint, size: newest } = logs.head(origin) ?? {};
      return newest === size ? Promise.resolve(checkpoint) : archive.get(origin, size);
    };
    serveEvidence({ network, logs, checkpointAt: noteAt });
    return { index, network, cosigner, detector, evidence, appraiser, replicator };
  }

  #emit(member: number, event: NodeEvent): void {
    this.events.push({ ...event, member });
  }

  #fillLedger(): void {
    const base = { schemaVersion: 1, rev: 1, operatorId, memberId: parseMemberId("aa"), siteId } as const;
    this.ledger.sites.set(siteId, { ...base, class: "datacentre", name: "Site one" });
    const hostId = hostIdOf(hostKey.publicKey);
    this.ledger.hosts.set(hostId, { ...base, hostId, publicKey: hostKey.publicHex, accelerators: [] });
    const record: EpochRecord = {
      type: "comity/v1/epoch-record",
      networkId: this.networkId,
      keyEpoch: 1,
      groupKey: toHex(this.group.groupKey),
      threshold: 3,
      members: this.genesis.members.map(({ index, memberId, identityKey }, i) => {
        return { index, memberId, identityKey, publicShare: toHex(this.group.shares[i]!.publicShare) };
      }),
      transcriptHash: "00".repeat(32),
      previous: null,
    };
    const bytes = epochRecordBytes(this.networkId, record);
    const signatures = this.keys.map((key, i) => ({ index: i + 1, signature: toHex(key.sign(bytes)) }));
    this.ledger.epochRecords = [{ record, signatures }];
  }
}
