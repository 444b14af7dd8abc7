import { encodeCanonical } from "@comity/protocol";
import type { GossipNetwork } from "../gossip/network.ts";
import type { RealClock } from "../clock.ts";
import type { PartLog } from "../telemetry/log.ts";
import type { SigningIdentity } from "./ports.ts";
import type { LiveSession } from "./sessionTable.ts";

export interface SpeakerOptions {
  readonly regossipMs: number;
}

export interface SpeakerDeps {
  readonly network: Pick<GossipNetwork, "publish">;
  readonly identity: SigningIdentity;
  readonly clock: RealClock;
  readonly log: PartLog;
}

/** What this member tells all others about signing. */
export class Speaker {
  readonly #options: SpeakerOptions;
  readonly #deps: SpeakerDeps;

  constructor(options: SpeakerOptions, deps: SpeakerDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  async say(topic: "proposal" | "partial" | "refusal", message: unknown): Promise<void> {
    try {
      await this.#deps.network.publish(topic, encodeCanonical(message));
    } catch (error) {
      // It is said again in the next round.
      this.#deps.log.info("not published", { topic, error: String(error) });
    }
  }

  /** Says again what we said of a session, and the proposal where nobody else does. */
  async repeat({ session, lastHeardMs }: LiveSession): Promise<void> {
    const own = this.#deps.identity.index;
    const isUnheard = this.#deps.clock.now() - lastHeardMs > 2 * this.#options.regossipMs;
    const { renewal } = session;
    if (renewal.memberIndex === own || isUnheard) await this.say("proposal", renewal);
    const [partial, refusal] = [session.partials.get(own), session.refusals.get(own)];
    if (partial) await this.say("partial", partial);
    if (refusal) await this.say("refusal", refusal);
  }
}
