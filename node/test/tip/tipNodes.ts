import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tipHourMs, tipHourOf } from "@comity/protocol";
import { createSealingKey, sealTip } from "@comity/tip";
import { createEd25519Verify } from "../../src/attestation/index.ts";
import { type GossipNetwork, StreamError, type StreamHandler } from "../../src/gossip/network.ts";
import { openTips, type Tips } from "../../src/tip/index.ts";
import { fakeNetwork } from "../keygen/fakeMember.ts";

export const { genesis, networkId, identities } = fakeNetwork(4);
export const hourMs = tipHourMs(genesis);

/** Time that stands until a test moves it. */
export class FakeClock {
  nowMs = 1_790_000_000_000;
  readonly #sleepers = new Set<{ atMs: number; wake: () => void }>();

  readonly now = (): number => this.nowMs;
  readonly policyNow = this.now;

  readonly sleep = (ms: number, signal: AbortSignal): Promise<void> => {
    if (signal.aborted) return Promise.reject(new Error("aborted"));
    if (ms <= 0) return Promise.resolve();
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const sleeper = { atMs: this.nowMs + ms, wake: () => resolve(undefined) };
    this.#sleepers.add(sleeper);
    signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
    return promise;
  };

  pass(ms: number): void {
    this.nowMs += ms;
    for (const sleeper of this.#sleepers) {
      if (sleeper.atMs > this.nowMs) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }
}

/** One member's part in tips. */
export interface TipNode extends Tips {
  readonly log: { readonly message: string; readonly fields: unknown }[];
  stop(): Promise<void>;
}

/** Four members whose streams are function calls, and whose disks outlive their nodes. */
export class TipNodes {
  readonly clock = new FakeClock();
  /** Members that nobody reaches. */
  readonly down = new Set<number>();
  /** What a member answers in the place of its signature. */
  forge: ((member: number, signature: Uint8Array) => Uint8Array) | undefined;
  readonly #root: string;
  readonly #handlers = new Map<string, StreamHandler>();
  readonly #peerListeners: ((member: number) => void)[] = [];
  readonly #running: TipNode[] = [];

  private constructor(root: string) {
    this.#root = root;
  }

  static async make(): Promise<TipNodes> {
    return new TipNodes(await mkdtemp(join(tmpdir(), "comity-tips-")));
  }

  folder(member: number): string {
    return join(this.#root, String(member));
  }

  get hour(): number {
    return tipHourOf(genesis, this.clock.nowMs);
  }

  async start(member: number): Promise<TipNode> {
    const log: TipNode["log"] = [];
    const { memberId } = genesis.members[member - 1]!;
    const limits = { answerTimeoutMs: 1_000, cellsPerMember: 2_000 };
    const tips = await openTips(
      { directory: this.folder(member), networkId, genesis, memberId, ...limits, server: undefined },
      {
        ...{
          network: this.#networkOf(member),
          identity: identities[member - 1]!,
          verify: createEd25519Verify({ maxKeys: 100 }),
        },
        ...{ clock: this.clock, random: () => 0 },
        log: { warn: (message, fields) => log.push({ message, fields }) },
        fatal: (error) => {
          throw error;
        },
      },
    );
    for (const part of tips.parts) await part.start();
    const stop = async (): Promise<void> => {
      for (const part of tips.parts.toReversed()) await part.stop();
    };
    const node = { ...tips, log, stop };
    this.#running.push(node);
    return node;
  }

  startAll(): Promise<TipNode[]> {
    return Promise.all(genesis.members.map(({ index }) => this.start(index)));
  }

  /** A member that was down is there again, and the others hear of it. */
  bring(member: number): void {
    this.down.delete(member);
    for (const listener of this.#peerListeners) listener(member);
  }

  async close(): Promise<void> {
    for (const node of this.#running) await node.stop();
    await rm(this.#root, { recursive: true, force: true });
  }

  #networkOf(own: number): Pick<GossipNetwork, "serve" | "request" | "peers" | "onPeer"> {
    return {
      serve: (stream, handler) => void this.#handlers.set(`${own} ${stream}`, handler),
      request: async (member, stream, bytes) => {
        const handler = this.#handlers.get(`${member} ${stream}`);
        if (handler === undefined || this.down.has(member) || this.down.has(own))
          throw new StreamError("STREAM_UNREACHABLE", `member ${member} is not connected`);
        const answer = await handler(bytes, own);
        return stream === "tip" && this.forge ? this.forge(member, answer) : answer;
      },
      peers: () =>
        genesis.members
          .filter(({ index }) => index !== own)
          .map(({ index }) => ({ memberIndex: index, connected: !this.down.has(index) })),
      onPeer: (listener) => void this.#peerListeners.push(listener),
    };
  }
}

let officers: Promise<{ memberId: string; sealingKey: Uint8Array }[]> | undefined;

/** A cell like any other; nobody here opens it. */
export async function cellOf(text: string, network = networkId): Promise<Uint8Array> {
  officers ??= Promise.all(
    ["aa", "ab", "ac"].map(async (memberId) => ({ memberId, ...(await createSealingKey(randomBytes)) })),
  );
  return sealTip({ networkId: network, officers: await officers, text, random: randomBytes });
}

/** Asks again, a turn of the event loop at a time, until the answer is not undefined: disks take real time. */
export async function soon<T>(answer: () => T | undefined): Promise<T> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const found = answer();
    if (found !== undefined) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error("it did not come about");
}
