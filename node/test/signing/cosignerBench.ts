import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as blst from "@chainsafe/blst";
import {
  blstBls,
  decisionBytes,
  encodeCanonical,
  partialHashOf,
  type PartialMessage,
  proposalBytes,
  type ProposalMessage,
  refusal,
  type RefusalMessage,
  toHex,
  type UnsignedDecision,
  verifyEd25519,
} from "@comity/protocol";
import { signPartial } from "@comity/threshold";
import type { StreamHandler, TopicHandler, Verdict } from "../../src/gossip/network.ts";
import { Cosigner } from "../../src/signing/cosigner.ts";
import { digestOf } from "../../src/signing/messageRules.ts";
import type { Appraisal } from "../../src/signing/ports.ts";
import { quiet, realClock } from "../gossip/testNetworks.ts";
import { TestCoalition } from "../watchfloor/testCoalition.ts";

/** The first member's co-signer with its network in the test's hands. */
export class CosignerBench {
  readonly handlers = new Map<string, TopicHandler>();
  readonly streams = new Map<string, StreamHandler>();
  readonly published: { readonly topic: string; readonly message: Uint8Array }[] = [];
  /** What the co-signer says waits for it. */
  beforePublish: (topic: string) => Promise<void> = () => Promise.resolve();
  sleep: typeof realClock.sleep = (ms, signal) => realClock.sleep(ms, signal);
  appraisal: Promise<Appraisal> = new Promise(() => undefined);
  readonly coalition: TestCoalition;
  dir: string;
  cosigner!: Cosigner;

  private constructor(coalition: TestCoalition, dir: string) {
    this.coalition = coalition;
    this.dir = dir;
  }

  static async create(): Promise<CosignerBench> {
    const coalition = await TestCoalition.create();
    const bench = new CosignerBench(coalition, await mkdtemp(join(tmpdir(), "comity-bench-")));
    await coalition.work(10, 50_000_000_000_000_000_000_000n);
    await bench.open();
    return bench;
  }

  async open(): Promise<void> {
    const { genesis, networkId, ledger, keys, group } = this.coalition;
    this.cosigner = await Cosigner.open(
      {
        genesis,
        networkId,
        memberCount: 4,
        directory: this.dir,
        regossipMs: 20,
        fileStaggerMs: 0,
        maxOpenPerMember: 8,
        proposalLifeMs: 600_000,
        replacementBasisPoints: 12_500n,
      },
      {
        network: {
          publish: async (topic, message) => {
            await this.beforePublish(topic);
            this.published.push({ topic, message });
          },
          onMessage: (topic, handler) => void this.handlers.set(topic, handler),
          serve: (stream, handler) => void this.streams.set(stream, handler),
          request: () => new Promise(() => undefined),
          onPeer: () => undefined,
          peers: () => [],
        },
        ledger,
        submitter: ledger,
        shares: { shareFor: () => Promise.resolve(group.shares[0]) },
        identity: { index: 1, sign: (bytes) => keys[0]!.sign(bytes) },
        appraiser: { appraise: (_statement, _proposer, signal) => abortable(this.appraisal, signal) },
        verify: verifyEd25519,
        bls: blstBls(blst),
        clock: { now: Date.now, sleep: (ms, signal) => this.sleep(ms, signal) },
        random: () => 0,
        log: quiet,
        emit: () => undefined,
      },
    );
  }

  async close(): Promise<void> {
    await this.cosigner.stop();
    await this.coalition.close();
    await rm(this.dir, { recursive: true, force: true });
  }

  hear(topic: string, message: unknown, from = 2): Promise<Verdict> {
    return this.handlers.get(topic)!(
      message instanceof Uint8Array ? message : encodeCanonical(message),
      from,
    );
  }

  /** Who has signed the first open session. */
  signed(): readonly number[] {
    return this.cosigner.status()[0]?.signed ?? [];
  }

  async proposal(change: Partial<ProposalMessage> = {}, signer = 2): Promise<ProposalMessage> {
    const { networkId, keys } = this.coalition;
    const statement = await this.coalition.statement();
    const base = {
      type: "comity/v1/proposal",
      memberIndex: 2,
      kind: "alert",
      keyEpoch: 1,
      statement,
      expiresAtMs: Date.now() + 500_000,
    } as const;
    const unsigned = { ...base, ...change };
    const bytes = proposalBytes(networkId, this.digest(unsigned), unsigned);
    return { ...unsigned, signature: toHex(keys[signer - 1]!.sign(bytes)) };
  }

  digest(message: Pick<ProposalMessage, "kind" | "keyEpoch" | "statement">): Uint8Array {
    return digestOf(this.coalition.networkId, this.coalition.ledger.currentEpoch()!, message);
  }

  partial(
    digest: Uint8Array,
    member: number,
    wrong: { partial?: Uint8Array; signer?: number; keyEpoch?: number; hash?: string } = {},
  ): PartialMessage {
    const partial =
      wrong.partial ?? signPartial(this.coalition.group.shares[member - 1]!.secretShare, digest);
    const partialHash = wrong.hash ?? partialHashOf(partial);
    const decision = this.decision(
      digest,
      { memberIndex: member, decision: "sign", reason: "", logPosition: 0, partialHash },
      wrong.signer,
    );
    return {
      type: "comity/v1/partial",
      digest: toHex(digest),
      keyEpoch: wrong.keyEpoch ?? 1,
      partial: toHex(partial),
      decision,
    };
  }

  refusal(digest: Uint8Array, member: number, signer?: number): RefusalMessage {
    return {
      type: "comity/v1/refusal",
      digest: toHex(digest),
      decision: this.decision(digest, refusal(member, "APPRAISAL_RULE", 0), signer),
    };
  }

  decision(
    digest: Uint8Array,
    unsigned: UnsignedDecision,
    signer = unsigned.memberIndex,
  ): UnsignedDecision & { signature: string } {
    const bytes = decisionBytes(this.coalition.networkId, digest, unsigned);
    return { ...unsigned, signature: toHex(this.coalition.keys[signer - 1]!.sign(bytes)) };
  }

  /** A heard proposal; its digest. */
  async opened(): Promise<Uint8Array> {
    const message = await this.proposal();
    assert.equal(await this.hear("proposal", message), "accept");
    return this.digest(message);
  }
}

function abortable<T>(value: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
    value.then(resolve, reject);
  });
}
