import type { KeyObject } from "node:crypto";
import {
  chainAfter,
  draftSegment,
  firstChain,
  type HostChain,
  profileSource,
  sealSegment,
  type SegmentTask,
} from "@comity/attester";
import {
  type BatchItem,
  DAY_MS,
  decodeSegment,
  encodeBatch,
  fromHex,
  type HostDocument,
  hostDocument,
  hostIdOf,
  parseMemberId,
  parseOperatorId,
  parseSerial,
  parseSiteId,
  type SiteDocument,
  siteDocument,
  toHex,
} from "@comity/protocol";
import { createEd25519Verify, Intake, type Replicator } from "../../src/attestation/index.ts";
import type { FileEvidenceLogs } from "../../src/log/index.ts";
import { identityOf, keyOf, logsOf, networkId, originOf, publicKeyOf } from "../log/fixture.ts";

export { identityOf, networkId };
export const origin = originOf("aa");
export const identity = { operatorId: parseOperatorId("operator"), siteId: parseSiteId("site-one") };
export const networkClock = { originMs: 0, scale: 1, scaledMs: 0, bucketMs: 1000 };
const model = "NVIDIA H100 SXM5 80GB";
const peakFlops = "989400000000000";
const epochs: { nonceEpoch: Uint8Array } = { nonceEpoch: new Uint8Array(8) };

export const site: SiteDocument = siteDocument({
  schemaVersion: 1,
  rev: 1,
  ...identity,
  memberId: "aa",
  class: "datacentre",
  name: "One",
});

/** A clock that stands still until it is moved, and whose sleepers wait for its next move past their time. */
export class FakeClock {
  #now: number;
  readonly #sleepers = new Set<{ readonly untilMs: number; readonly wake: () => void }>();

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  move(ms: number): void {
    this.#now += ms;
    for (const sleeper of this.#sleepers) if (sleeper.untilMs <= this.#now) sleeper.wake();
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(new Error("aborted"));
    return new Promise((resolve, reject) => {
      const sleeper = { untilMs: this.#now + ms, wake: resolve };
      this.#sleepers.add(sleeper);
      signal.addEventListener("abort", () => {
        this.#sleepers.delete(sleeper);
        reject(new Error("aborted"));
      });
    });
  }
}

/** A host that signs segments, one policy day each, from where its chain stands. */
export class TestHost {
  readonly key: KeyObject;
  readonly document: HostDocument;
  chain: HostChain;

  constructor(name: string, startMs = 0) {
    this.key = keyOf(`host ${name}`);
    const publicKey = publicKeyOf(this.key);
    const hostId = hostIdOf(publicKey);
    const accelerators = ["A", "B"].map((letter) => {
      return { serial: parseSerial(`${name.toUpperCase()}-${letter}`), model, peakFlops };
    });
    const place = { ...identity, memberId: parseMemberId("aa") };
    const shape = { schemaVersion: 1, rev: 1, hostId, publicKey: toHex(publicKey), accelerators, ...place };
    this.document = hostDocument(shape);
    this.chain = firstChain(hostId, startMs);
  }

  task(changed: Partial<SegmentTask> = {}): SegmentTask {
    return {
      networkId,
      origin,
      chain: this.chain,
      accelerators: this.document.accelerators,
      endMs: this.chain.endMs + DAY_MS,
      recordIntervalMs: DAY_MS / 6,
      nonceEpoch: epochs.nonceEpoch,
      source: profileSource("test", [
        { fromPolicyMs: 0, utilisationBasisPoints: 5000, kernelMix: { matmul: 1 } },
      ]),
      ...changed,
    };
  }

  /** The next good segment; the chain moves on. */
  next(changed: Partial<SegmentTask> = {}): BatchItem {
    const item = sealSegment(draftSegment(this.task(changed)), this.key);
    this.chain = chainAfter(this.chain, decodeSegment(item.segment));
    return item;
  }
}

export function useNonceEpoch(epoch: string): void {
  epochs.nonceEpoch = fromHex(epoch, 8);
}

export interface TestIntake {
  readonly intake: Intake;
  readonly logs: FileEvidenceLogs;
  readonly fatal: Error[];
  take(...items: readonly BatchItem[]): Promise<string[]>;
  stop(): Promise<void>;
}

/** An intake over real logs in this folder. Answers are `accepted@index` or the refusal's code. */
export async function startIntake(
  directory: string,
  hosts: readonly HostDocument[],
  deps: { readonly clock: FakeClock; readonly replicator?: Replicator; readonly maxQueuedBytes?: number },
): Promise<TestIntake> {
  const { logs, fatal } = logsOf(1, directory);
  await logs.start();
  const { clock, replicator = { replicate: () => Promise.resolve() }, ...limits } = deps;
  const byId = new Map<string, HostDocument>(hosts.map((host) => [host.hostId, host]));
  const enrolments = {
    host: (hostId: string) => byId.get(hostId),
    site: (siteId: string) => (siteId === site.siteId ? site : undefined),
  };
  const intake = new Intake(
    { directory: `${directory}/hosts`, networkId, memberId: parseMemberId("aa"), networkClock, ...limits },
    {
      logs,
      replicator,
      enrolments,
      clock,
      verify: createEd25519Verify({ maxKeys: 100 }),
      fatal: (error) => fatal.push(error),
    },
  );
  await intake.start().catch(async (error: unknown) => {
    await intake.stop();
    await logs.stop();
    throw error;
  });
  return {
    intake,
    logs,
    fatal,
    take: async (...items) => {
      const answer = await intake.take(identity, encodeBatch(items));
      useNonceEpoch(answer.nonceEpoch);
      return answer.items.map((item) => (item.status === "accepted" ? `accepted@${item.index}` : item.code));
    },
    stop: async () => {
      await intake.stop();
      await logs.stop();
    },
  };
}
