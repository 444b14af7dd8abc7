import { quorumOf } from "@comity/protocol";
import type { ChannelConfig, ConfigGroup } from "./channelConfig.ts";

/** Who a member of the coalition is on the channel. */
export interface ExpectedMember {
  readonly memberId: string;
  readonly mspId: string;
}

/** One thing that must be so, and whether it is. */
export interface Finding {
  readonly what: string;
  readonly holds: boolean;
  /** What is so instead. */
  readonly found: string;
}

/** Compares a channel with the members that the coalition's register has. */
export function inspectChannel(config: ChannelConfig, members: readonly ExpectedMember[]): Finding[] {
  const { Application, Orderer } = config.channel_group.groups;
  const mspIds = members.map(({ mspId }) => mspId).sort();
  const endorsing = organisations(Application, (each) => "Endorsement" in each.policies);
  return [
    same("exactly the members may endorse", endorsing, mspIds),
    same(
      "exactly the members order",
      organisations(Orderer, () => true),
      mspIds,
    ),
    same("every member has one consenter", consenters(Orderer), mspIds),
    ...["Endorsement", "LifecycleEndorsement", "Admins"].map((name) =>
      quorum(`Application/${name}`, Application?.policies[name]?.policy, mspIds),
    ),
    quorum("Orderer/Admins", Orderer?.policies["Admins"]?.policy, mspIds),
  ];
}

function organisations(group: ConfigGroup | undefined, isWanted: (each: ConfigGroup) => boolean): string[] {
  return Object.entries(group?.groups ?? {}).flatMap(([name, each]) => (isWanted(each) ? [name] : []));
}

function consenters(orderer: ConfigGroup | undefined): string[] {
  const value = orderer?.values["Orderers"]?.value as
    { readonly consenter_mapping?: readonly { readonly msp_id: string }[] } | undefined;
  return (value?.consenter_mapping ?? []).map(({ msp_id }) => msp_id);
}

function same(what: string, found: readonly string[], wanted: readonly string[]): Finding {
  const shown = [...found].sort().join(", ");
  return { what, holds: shown === wanted.join(", "), found: shown };
}

interface SignaturePolicy {
  readonly identities?: readonly { readonly principal?: { readonly msp_identifier?: string } }[];
  readonly rule?: { readonly n_out_of?: { readonly n?: number; readonly rules?: readonly unknown[] } };
}

const signature = 1;

/** A signature policy of as many of exactly the members as the coalition's quorum. */
function quorum(
  name: string,
  policy: { readonly type: number; readonly value: unknown } | undefined,
  mspIds: readonly string[],
): Finding {
  const q = quorumOf(mspIds.length);
  const what = `${name} asks ${q} of exactly the members`;
  if (policy?.type !== signature) return { what, holds: false, found: "it is no signature policy" };
  const { identities = [], rule } = policy.value as SignaturePolicy;
  const named = identities.map(({ principal }) => principal?.msp_identifier ?? "?").sort();
  const { n, rules = [] } = rule?.n_out_of ?? {};
  const found = `${n ?? "?"} of ${named.join(", ")}`;
  const holds = found === `${q} of ${mspIds.join(", ")}` && rules.length === mspIds.length;
  return { what, holds, found };
}
