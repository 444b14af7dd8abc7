import {
  type Checkpoint,
  type Ed25519Verify,
  openCheckpoint,
  readCheckpoint,
  topics,
  utf8,
} from "@comity/protocol";
import type { GossipNetwork, Verdict } from "../network.ts";
import type { RealClock } from "../../clock.ts";
import type { PartLog } from "../../telemetry/log.ts";
import type { Startable } from "../../lifecycle.ts";
import { areContradictory, type EquivocationGossip } from "./equivocation.ts";
import { isKnownLog, type LogNames, ownerKey } from "./logNames.ts";
import { TopicLoop } from "./topicLoop.ts";

export interface CheckpointGossipDeps {
  readonly network: Pick<GossipNetwork, "publish" | "onMessage">;
  readonly logs: {
    list(): readonly { readonly own: boolean; readonly checkpoint: string | undefined }[];
    head(origin: string): { readonly own: boolean } | undefined;
    /** Compares a note with what is held; rejects, and keeps the proof, where they contradict each other. */
    observe(origin: string, note: string): Promise<void>;
    onEquivocation(listener: (proof: { readonly first: string; readonly second: string }) => void): void;
  };
  readonly names: LogNames;
  readonly equivocations: EquivocationGossip;
  readonly verify: Ed25519Verify;
  readonly clock: RealClock;
  readonly log: PartLog;
}

/**
 * Spreads the newest signed note of every log, so that an owner who shows different trees to different members is found out. What was said
 * is said again: whoever was away hears it, and after a partition all hold the same.
 */
export class CheckpointGossip implements Startable {
  readonly #deps: CheckpointGossipDeps;
  readonly #latest = new Map<string, string>();
  readonly #loop: TopicLoop;

  constructor(options: { readonly intervalMs: number }, deps: CheckpointGossipDeps) {
    this.#deps = deps;
    this.#loop = new TopicLoop(options.intervalMs, () => this.#say(), deps);
    deps.network.onMessage("checkpoint", (bytes) => this.#judge(bytes));
    deps.logs.onEquivocation(({ first, second }) => void deps.equivocations.report(first, second));
  }

  start(): Promise<void> {
    return this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** Newest note known of each other member's log. */
  latest(): string[] {
    return [...this.#latest.values()];
  }

  async #say(): Promise<void> {
    for (const { own, checkpoint } of this.#deps.logs.list()) {
      if (own && checkpoint !== undefined) await this.#deps.network.publish("checkpoint", utf8(checkpoint));
    }
  }

  async #judge(bytes: Uint8Array): Promise<Verdict> {
    const note = decoded(bytes);
    // [REJECT] no note.
    if (note === undefined) return "reject";
    const head = readCheckpoint(note);
    const known = this.#latest.get(head.origin);
    // [IGNORE] known.
    if (note === known) return "ignore";
    const key = ownerKey(this.#deps.names, head.origin);
    // [REJECT] not a log of this network's members; [IGNORE] of a site that the ledger does not know (yet).
    if (!key) return "reject";
    if (!isKnownLog(this.#deps.names, head.origin)) return "ignore";
    // [REJECT] not signed by its owner.
    if (!this.#isSigned(note, head.origin, key)) return "reject";
    await this.#compare(note, head, known);
    // [IGNORE] older than what is known.
    return this.#latest.get(head.origin) === note ? "accept" : "ignore";
  }

  async #compare(note: string, head: Checkpoint, known: string | undefined): Promise<void> {
    const before = known === undefined ? undefined : readCheckpoint(known);
    if (known !== undefined && before && areContradictory(before, head)) {
      await this.#deps.equivocations.report(known, note);
    }
    if (!before || head.size > before.size) this.#latest.set(head.origin, note);
    const held = this.#deps.logs.head(head.origin);
    if (!held) return;
    // Its rejection is the proof of a fork, which the logs keep and pass to their listeners.
    await this.#deps.logs.observe(head.origin, note).catch((error: unknown) => {
      this.#deps.log.warn("a note contradicts the log held here", {
        origin: head.origin,
        error: String(error),
      });
    });
  }

  #isSigned(note: string, origin: string, key: Uint8Array): boolean {
    try {
      openCheckpoint(note, origin, key, this.#deps.verify);
      return true;
    } catch {
      return false;
    }
  }
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return topics.checkpoint.decode(bytes);
  } catch {
    return undefined;
  }
}
