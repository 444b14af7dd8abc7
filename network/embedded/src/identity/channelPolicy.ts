import type { Identity, MspRegistry, NodeUnit } from "./mspRegistry.ts";

export type ChannelPolicyName = "Readers" | "Writers";

const allowedUnits: Readonly<Record<ChannelPolicyName, readonly NodeUnit[]>> = {
  Readers: ["client", "admin", "peer"],
  Writers: ["client", "admin"],
};

export interface SignedData {
  readonly identity: Uint8Array;
  readonly data: Uint8Array;
  readonly signature: Uint8Array;
}

/** Any valid client or admin of a known MSP may write; peers may read as well. */
export class ChannelPolicy {
  readonly #channel: string;
  readonly #msps: MspRegistry;

  constructor(channel: string, msps: MspRegistry) {
    this.#channel = channel;
    this.#msps = msps;
  }

  /** Undefined when satisfied, otherwise Fabric's text of the refusal. */
  refusal(channelId: string, policy: ChannelPolicyName, signed: SignedData): string | undefined {
    return this.#worded(channelId, policy, this.#satisfies(policy, signed));
  }

  /** The same for somebody whose signature has been verified already. */
  refusalOf(channelId: string, policy: ChannelPolicyName, identity: Identity): string | undefined {
    return this.#worded(channelId, policy, allowedUnits[policy].includes(identity.unit));
  }

  /** The same without naming the channel: what an orderer answers. */
  implicitRefusal(policy: ChannelPolicyName, signed: SignedData): string | undefined {
    return this.#satisfies(policy, signed) ? undefined : unsatisfied(policy);
  }

  #worded(channelId: string, policy: ChannelPolicyName, isSatisfied: boolean): string | undefined {
    if (channelId !== this.#channel) return `Failed to get policy manager for channel [${channelId}]`;
    if (isSatisfied) return undefined;
    return (
      `Failed evaluating policy on signed data during check policy on channel [${channelId}] ` +
      `with policy [/Channel/Application/${policy}]: [${unsatisfied(policy)}]`
    );
  }

  #satisfies(policy: ChannelPolicyName, { identity, data, signature }: SignedData): boolean {
    try {
      const resolved = this.#msps.resolve(identity);
      return allowedUnits[policy].includes(resolved.unit) && resolved.verify(data, signature);
    } catch {
      return false; // an identity that cannot be resolved satisfies nothing; as in Fabric the client isn't told why
    }
  }
}

function unsatisfied(policy: ChannelPolicyName): string {
  return (
    `implicit policy evaluation failed - 0 sub-policies were satisfied, but this policy requires 1 of the ` +
    `'${policy}' sub-policies to be satisfied`
  );
}
