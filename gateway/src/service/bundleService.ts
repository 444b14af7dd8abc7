import { alertIdOf, BundleError, nobleBls, verifyBundle } from "@comity/protocol";
import { GatewayError } from "./gatewayError.ts";
import { type Kept, keptBytes } from "./kept.ts";
import type { NodeConsole } from "./nodeConsole.ts";

export interface BundleServiceOptions {
  /** SHA-256 of the genesis record that this gateway was configured with. */
  readonly genesis: string;
  readonly maxKeptBytes: number;
  /** Bundles being fetched at once; more are refused. */
  readonly maxInFlight: number;
}

export interface BundleServiceDeps {
  readonly nodes: readonly NodeConsole[];
  /** Told of each answer of a node; for metrics. */
  readonly onAnswer: (outcome: BundleOutcome) => void;
}

export type BundleOutcome = "verified" | "refused" | "absent" | "unreachable";

/**
 * Evidence bundles, from whichever node has one that verifies. The check keeps a lying node from making this gateway useless;
 * visitors repeat it for themselves. A verified bundle never changes, so it is kept, up to a bound.
 */
export class BundleService {
  readonly #options: BundleServiceOptions;
  readonly #deps: BundleServiceDeps;
  readonly #kept: Kept<Uint8Array>;
  readonly #asked = new Map<string, Promise<Uint8Array>>();

  constructor(options: BundleServiceOptions, deps: BundleServiceDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#kept = keptBytes(options.maxKeptBytes);
  }

  /** @throws GatewayError BUNDLE_NOT_FOUND, BUNDLE_UNVERIFIED, NODES_UNREACHABLE, GATEWAY_BUSY */
  async fetch(alertId: string): Promise<Uint8Array> {
    const kept = this.#kept.get(alertId) ?? this.#asked.get(alertId);
    if (kept) return kept;
    if (this.#asked.size >= this.#options.maxInFlight) {
      throw new GatewayError(
        "GATEWAY_BUSY",
        "The gateway is fetching as much as it can. Ask again in a second.",
      );
    }
    const asked = this.#askNodes(alertId).finally(() => this.#asked.delete(alertId));
    this.#asked.set(alertId, asked);
    return asked;
  }

  async #askNodes(alertId: string): Promise<Uint8Array> {
    const outcomes: BundleOutcome[] = [];
    for (const node of this.#deps.nodes) {
      const answer = await node.bundle(alertId);
      const outcome = typeof answer === "string" ? answer : this.#judge(answer, alertId);
      this.#deps.onAnswer(outcome);
      if (outcome === "verified" && typeof answer !== "string") {
        this.#kept.set(alertId, answer);
        return answer;
      }
      outcomes.push(outcome);
    }
    throw failureOf(outcomes);
  }

  #judge(bytes: Uint8Array, alertId: string): "verified" | "refused" {
    try {
      const { statement } = verifyBundle(bytes, {
        genesis: this.#options.genesis,
        bls: nobleBls,
      });
      return alertIdOf(statement) === alertId ? "verified" : "refused";
    } catch (error) {
      if (error instanceof BundleError) return "refused";
      throw error;
    }
  }
}

function failureOf(outcomes: readonly BundleOutcome[]): GatewayError {
  if (outcomes.includes("refused")) {
    return new GatewayError(
      "BUNDLE_UNVERIFIED",
      "Nodes gave evidence for this alert, but none that verifies.",
    );
  }
  return outcomes.includes("absent")
    ? new GatewayError("BUNDLE_NOT_FOUND", "No node that answered has evidence for this alert.")
    : new GatewayError("NODES_UNREACHABLE", "No node answered. Ask again later.");
}
