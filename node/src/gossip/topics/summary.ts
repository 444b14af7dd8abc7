import {
  decodeEntry,
  type Ed25519Verify,
  encodeCanonical,
  fromHex,
  parseLogOrigin,
  parseMemberId,
  parseNetworkId,
  readCheckpoint,
  summaryBytes,
  type SummaryMessage,
  toHex,
  topics,
} from "@comity/protocol";
import type { GossipNetwork, Verdict } from "../network.ts";
import type { RealClock } from "../../clock.ts";
import type { PartLog } from "../../telemetry/log.ts";
import type { Startable } from "../../lifecycle.ts";
import { isKnownLog, type LogNames, ownerKey } from "./logNames.ts";
import { TopicLoop } from "./topicLoop.ts";

export interface SummaryGossipOptions {
  /** A summary covers what came in during so much real time. */
  readonly intervalMs: number;
}

export interface SummaryGossipDeps {
  readonly network: Pick<GossipNetwork, "publish" | "onMessage">;
  readonly logs: {
    list(): readonly {
      readonly origin: string;
      readonly own: boolean;
      readonly checkpoint: string | undefined;
    }[];
    entries(origin: string, from: number, to: number): Promise<Uint8Array[]>;
  };
  readonly names: LogNames;
  readonly identity: { readonly memberId: string; sign(bytes: Uint8Array): Uint8Array };
  readonly verify: Ed25519Verify;
  readonly clock: RealClock & { policyNow(): number };
  readonly log: PartLog;
}

const ENTRIES_PER_READ = 512;
type Totals = Pick<SummaryMessage, "segments" | "records" | "accelerators" | "flopLeast">;

/** Tells everybody each interval what came in at each own log, and keeps the newest summary of every other log. */
export class SummaryGossip implements Startable {
  readonly #deps: SummaryGossipDeps;
  readonly #latest = new Map<string, SummaryMessage>();
  /** Where the last own summary of a log ended. */
  readonly #said = new Map<string, { readonly size: number; readonly endMs: number }>();
  readonly #loop: TopicLoop;

  constructor(options: SummaryGossipOptions, deps: SummaryGossipDeps) {
    this.#deps = deps;
    this.#loop = new TopicLoop(options.intervalMs, () => this.#sayAll(), deps);
    deps.network.onMessage("summary", (bytes) => Promise.resolve(this.#judge(bytes)));
  }

  start(): Promise<void> {
    const endMs = this.#deps.clock.policyNow();
    for (const { origin, own, checkpoint } of this.#deps.logs.list()) {
      if (own && checkpoint !== undefined)
        this.#said.set(origin, { size: readCheckpoint(checkpoint).size, endMs });
    }
    return this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** Newest summary known of each log. */
  latest(): SummaryMessage[] {
    return [...this.#latest.values()];
  }

  async #sayAll(): Promise<void> {
    for (const { origin, own, checkpoint } of this.#deps.logs.list()) {
      if (own && checkpoint !== undefined) await this.#say(origin, checkpoint);
    }
  }

  async #say(origin: string, checkpoint: string): Promise<void> {
    const { size, root } = readCheckpoint(checkpoint);
    const endMs = this.#deps.clock.policyNow();
    const before = this.#said.get(origin) ?? { size: 0, endMs };
    // Nothing new: the last summary is said again, for whoever did not hear it.
    if (size > before.size && endMs > before.endMs) {
      const totals = await this.#totals(origin, before.size, size);
      this.#said.set(origin, { size, endMs });
      this.#latest.set(
        origin,
        this.#signed(origin, { startMs: before.endMs, endMs }, totals, { size, root: toHex(root) }),
      );
    } else if (!this.#said.has(origin)) {
      this.#said.set(origin, { size: 0, endMs: endMs - 1 });
    }
    const newest = this.#latest.get(origin);
    if (newest) await this.#deps.network.publish("summary", encodeCanonical(newest));
  }

  async #totals(origin: string, from: number, to: number): Promise<Totals> {
    const serials = new Set<string>();
    let [records, flops] = [0, 0n];
    for (let at = from; at < to; at += ENTRIES_PER_READ) {
      for (const bytes of await this.#deps.logs.entries(origin, at, Math.min(to, at + ENTRIES_PER_READ))) {
        const { segment } = decodeEntry(bytes);
        records += segment.recordCount;
        for (const { serial, flopsLeast } of segment.accelerators) {
          serials.add(serial);
          flops += flopsLeast;
        }
      }
    }
    return { segments: to - from, records, accelerators: serials.size, flopLeast: flops.toString() };
  }

  #signed(
    origin: string,
    interval: SummaryMessage["interval"],
    totals: Totals,
    head: Pick<SummaryMessage, "size" | "root">,
  ): SummaryMessage {
    const memberId = parseMemberId(this.#deps.identity.memberId);
    const unsigned = { type: "comity/v1/summary", memberId, origin, interval, ...totals, ...head } as const;
    const bytes = summaryBytes(parseNetworkId(this.#deps.names.networkId), unsigned);
    return { ...unsigned, signature: toHex(this.#deps.identity.sign(bytes)) };
  }

  #judge(bytes: Uint8Array): Verdict {
    const message = decoded(bytes);
    // [REJECT] no summary, or of an interval that ends before it starts.
    if (!message || message.interval.endMs <= message.interval.startMs) return "reject";
    const known = this.#latest.get(message.origin);
    // [IGNORE] not newer than what is known.
    if (known && (message.interval.endMs <= known.interval.endMs || message.size < known.size))
      return "ignore";
    const key = ownerKey(this.#deps.names, message.origin);
    // [REJECT] not of a log that the member keeps; [IGNORE] of a site that the ledger does not know (yet).
    if (!key || parseLogOrigin(message.origin).memberId !== message.memberId) return "reject";
    if (!isKnownLog(this.#deps.names, message.origin)) return "ignore";
    // [REJECT] not signed by it.
    const signed = summaryBytes(parseNetworkId(this.#deps.names.networkId), message);
    if (!this.#deps.verify(key, signed, fromHex(message.signature, 64))) return "reject";
    this.#latest.set(message.origin, message);
    return "accept";
  }
}

function decoded(bytes: Uint8Array): SummaryMessage | undefined {
  try {
    return topics.summary.decode(bytes);
  } catch {
    return undefined;
  }
}
