import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import * as blst from "@chainsafe/blst";
import {
  blstBls,
  decisionBytes,
  decodeGenesis,
  defaultRulebook,
  dutyKind,
  type DutyMessage,
  type DutyStatement,
  encodeCanonical,
  epochRecordBytes,
  fromHex,
  type Genesis,
  genesisId,
  type NetworkId,
  partialHashOf,
  type SignedEpochRecord,
  toHex,
} from "@comity/protocol";
import { signPartial } from "@comity/threshold";
import { createEd25519Verify } from "../../src/attestation/index.ts";
import { dutyOf } from "../../src/duty/duties.ts";
import { dutyDigest } from "../../src/duty/dutyRules.ts";
import { DutySigner } from "../../src/duty/index.ts";
import type { TopicHandler, Verdict } from "../../src/gossip/network.ts";
import { DecisionSigner } from "../../src/signing/decisionSigner.ts";
import { SigningLog } from "../../src/signing/signingLog.ts";
import type { NodeEvent } from "../../src/telemetry/events.ts";
import { type TestKey, testKey } from "../gossip/testKeys.ts";
import { quiet, realClock } from "../gossip/testNetworks.ts";
import { type TestGroupKey, testGroupKey } from "../watchfloor/testKeyShares.ts";
import { TestDutyLedger, type TestDutyView } from "./dutyLedger.ts";

export const memberIds = ["aa", "bb", "cc", "dd"];

export interface DutyMember {
  readonly index: number;
  readonly view: TestDutyView;
  readonly duties: DutySigner;
  readonly log: SigningLog;
}

/** Four members' duty signers in one process, around one ledger. Their signing logs outlive them. */
export class DutyCoalition {
  readonly keys: readonly TestKey[] = memberIds.map((id) => testKey(id));
  readonly group: TestGroupKey = testGroupKey("group", 3, 4);
  readonly bls = blstBls(blst);
  readonly genesis: Genesis;
  readonly networkId: NetworkId;
  readonly epochs: readonly SignedEpochRecord[];
  readonly ledger: TestDutyLedger;
  readonly members = new Map<number, DutyMember>();
  readonly handlers = new Map<number, TopicHandler>();
  readonly events: (NodeEvent & { readonly member: number })[] = [];
  readonly verdicts: { readonly from: number; readonly to: number; readonly verdict: Verdict }[] = [];
  /** Members whose share is lost. */
  readonly shareless = new Set<number>();
  readonly #dir: string;
  readonly #closing = new AbortController();

  private constructor(dir: string) {
    this.#dir = dir;
    const bytes = encodeCanonical({
      ...{ type: "comity/v1/genesis", name: "Test", mode: "evaluation", threshold: 3 },
      clock: { originMs: 1_700_000_000_000, scale: 1, scaledMs: 0, bucketMs: 60_000 },
      members: memberIds.map((memberId, i) => {
        const identityKey = this.keys[i]!.publicHex;
        return { index: i + 1, memberId, name: `State ${memberId}`, mspId: `${memberId}MSP`, identityKey };
      }),
      rulebook: defaultRulebook(),
    });
    this.genesis = decodeGenesis(bytes);
    this.networkId = genesisId(bytes);
    this.epochs = [this.#epoch()];
    this.ledger = new TestDutyLedger(this.networkId, this.epochs[0]!.record, this.bls);
  }

  static async create(): Promise<DutyCoalition> {
    return new DutyCoalition(await mkdtemp(join(tmpdir(), "comity-duty-")));
  }

  async start(...indices: number[]): Promise<void> {
    for (const index of indices) await this.#start(index);
  }

  /** As a crash: nothing is said, and nothing is written any more. */
  async kill(index: number): Promise<void> {
    const member = this.members.get(index);
    this.members.delete(index);
    this.handlers.delete(index);
    await member?.duties.stop();
    await member?.log.close();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    for (const index of [...this.members.keys()]) await this.kill(index);
    await rm(this.#dir, { recursive: true, force: true });
  }

  /** Says something in a member's name to all others. */
  async publish(from: number, bytes: Uint8Array): Promise<void> {
    for (const [to, handler] of this.handlers) {
      if (to === from) continue;
      this.verdicts.push({ from, to, verdict: await handler(bytes, from) });
    }
  }

  /** A member's part of a statement, honest unless something is said to be wrong with it. */
  part(
    member: number,
    statement: DutyStatement,
    wrong: { partial?: Uint8Array; signer?: number; hash?: string } = {},
  ): DutyMessage {
    const digest = fromHex(dutyDigest(this.networkId, this.ledger.epoch, dutyOf(statement)), 32);
    const secretShare = this.group.shares[member - 1]?.secretShare ?? new Uint8Array(32).fill(1);
    const partial = wrong.partial ?? signPartial(secretShare, digest);
    const partialHash = wrong.hash ?? partialHashOf(partial);
    const unsigned = {
      memberIndex: member,
      decision: "sign",
      reason: "",
      logPosition: 0,
      partialHash,
    } as const;
    const key = this.keys[(wrong.signer ?? member) - 1] ?? this.keys[0]!;
    const signature = toHex(key.sign(decisionBytes(this.networkId, digest, unsigned)));
    const decision = { ...unsigned, signature };
    const kind = dutyKind(statement);
    return { type: "comity/v1/duty", kind, keyEpoch: 1, statement, partial: toHex(partial), decision };
  }

  /** Resolves once the condition holds. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition() && !this.#closing.signal.aborted)
      await realClock.sleep(2, this.#closing.signal).catch(() => undefined);
  }

  /** Resolves once a digest of the venues as they are now is on the ledger. */
  async digested(): Promise<void> {
    const { state } = this.ledger;
    await this.until(() =>
      (["venues", "bonds"] as const).every(
        (registry) =>
          state.digest(registry)?.statement.ledger.height === state.registryChange(registry)?.ledger.height,
      ),
    );
  }

  eventsOf(event: string): (NodeEvent & { readonly member: number })[] {
    return this.events.filter((each) => each.event === event);
  }

  async #start(index: number): Promise<void> {
    const log = await SigningLog.open(join(this.#dir, `${index}.log`));
    const key = this.keys[index - 1]!;
    const identity = { index, sign: (bytes: Uint8Array) => key.sign(bytes) };
    const view = this.ledger.view();
    const duties = new DutySigner(
      { networkId: this.networkId, ownIndex: index, memberCount: 4, regossipMs: 20, fileStaggerMs: 100 },
      {
        network: {
          publish: async (_topic, bytes) => {
            await turn();
            if (this.members.has(index)) await this.publish(index, bytes);
          },
          onMessage: (_topic, handler) => void this.handlers.set(index, handler),
        },
        ledger: view,
        submitter: this.ledger,
        shares: {
          shareFor: () =>
            Promise.resolve(this.shareless.has(index) ? undefined : this.group.shares[index - 1]),
        },
        signer: new DecisionSigner({ networkId: this.networkId }, { signingLog: log, identity }),
        verify: createEd25519Verify({ maxKeys: 100 }),
        bls: this.bls,
        clock: realClock,
        random: Math.random,
        log: quiet,
        emit: (event) => void this.events.push({ ...event, member: index }),
      },
    );
    this.members.set(index, { index, view, duties, log });
    await duties.start();
  }

  #epoch(): SignedEpochRecord {
    const record = {
      type: "comity/v1/epoch-record",
      ...{ networkId: this.networkId, keyEpoch: 1, threshold: 3 },
      groupKey: toHex(this.group.groupKey),
      members: this.genesis.members.map(({ index, memberId, identityKey }, i) => {
        return { index, memberId, identityKey, publicShare: toHex(this.group.shares[i]!.publicShare) };
      }),
      ...{ transcriptHash: "00".repeat(32), previous: null },
    } as const;
    const bytes = epochRecordBytes(this.networkId, record);
    const signatures = this.keys.map((key, i) => ({ index: i + 1, signature: toHex(key.sign(bytes)) }));
    return { record, signatures };
  }
}
