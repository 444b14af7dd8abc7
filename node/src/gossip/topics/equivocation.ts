import {
  type Checkpoint,
  encodeCanonical,
  type Ed25519Verify,
  equalBytes,
  type EquivocationMessage,
  openCheckpoint,
  readCheckpoint,
  topics,
} from "@comity/protocol";
import type { GossipNetwork, Verdict } from "../network.ts";
import type { PartLog } from "../../telemetry/log.ts";
import { isKnownLog, type LogNames, ownerKey } from "./logNames.ts";

export interface EquivocationGossipDeps {
  readonly network: Pick<GossipNetwork, "publish" | "onMessage">;
  readonly names: LogNames;
  readonly verify: Ed25519Verify;
  readonly log: PartLog;
  readonly emit: (event: { readonly event: string } & Readonly<Record<string, unknown>>) => void;
}

/** Proofs that a member signed two trees of one size for one log: nobody can deny it, and one proof a log is enough. */
export class EquivocationGossip {
  readonly #deps: EquivocationGossipDeps;
  readonly #proofs = new Map<string, EquivocationMessage>();

  constructor(deps: EquivocationGossipDeps) {
    this.#deps = deps;
    deps.network.onMessage("equivocation", (bytes) => Promise.resolve(this.#judge(bytes)));
  }

  /** One proof per log. */
  proofs(): EquivocationMessage[] {
    return [...this.#proofs.values()];
  }

  /** Tells everybody of two notes, if they prove anything by themselves and it is news. */
  async report(first: string, second: string): Promise<void> {
    const message = { type: "comity/v1/equivocation", first, second } as const;
    const bytes = encodeCanonical(message);
    if (this.#judge(bytes) === "accept") await this.#deps.network.publish("equivocation", bytes);
  }

  #judge(bytes: Uint8Array): Verdict {
    const opened = openBoth(bytes);
    // [REJECT] no two notes of one log with one size and two roots.
    if (!opened) return "reject";
    const { message, origin } = opened;
    // [IGNORE] proved already, or of a log that the ledger does not know (yet).
    if (this.#proofs.has(origin) || !isKnownLog(this.#deps.names, origin)) return "ignore";
    // [REJECT] not both signed by the log's owner.
    if (!this.#isSigned(message, origin)) return "reject";
    this.#proofs.set(origin, message);
    this.#deps.log.warn("a log has two trees", { origin });
    this.#deps.emit({ event: "equivocation", origin });
    return "accept";
  }

  #isSigned({ first, second }: EquivocationMessage, origin: string): boolean {
    const key = ownerKey(this.#deps.names, origin);
    if (!key) return false;
    try {
      for (const note of [first, second]) openCheckpoint(note, origin, key, this.#deps.verify);
      return true;
    } catch {
      return false;
    }
  }
}

/** Whether two heads cannot both be honest, whatever the entries are. */
export function areContradictory(first: Checkpoint, second: Checkpoint): boolean {
  return first.origin === second.origin && first.size === second.size && !equalBytes(first.root, second.root);
}

function openBoth(bytes: Uint8Array): { message: EquivocationMessage; origin: string } | undefined {
  try {
    const message = topics.equivocation.decode(bytes);
    const [first, second] = [readCheckpoint(message.first), readCheckpoint(message.second)];
    return areContradictory(first, second) ? { message, origin: first.origin } : undefined;
  } catch {
    return undefined;
  }
}
