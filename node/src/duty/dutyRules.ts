import {
  type DutyMessage,
  type EpochRecord,
  fromHex,
  groupKeyId,
  type NetworkId,
  statementDigest,
  statementHash,
  toHex,
} from "@comity/protocol";
import { type DecisionRules, judgePartial, type Judgement } from "../signing/messageRules.ts";
import type { DecisionSubject } from "../signing/signingLog.ts";
import type { Duty } from "./duties.ts";

/** What a member's share signs of a duty under the key of an epoch. */
export function dutyDigest(
  networkId: NetworkId,
  { groupKey, keyEpoch }: Pick<EpochRecord, "groupKey" | "keyEpoch">,
  { kind, statement }: Pick<Duty, "kind" | "statement">,
): string {
  return toHex(statementDigest({ networkId, groupKey: fromHex(groupKey, 48), kind, keyEpoch }, statement));
}

/** How the signing log knows it: one statement a slot under a key. */
export function dutySubject(digest: string, epoch: EpochRecord, duty: Duty): DecisionSubject {
  return {
    digest,
    groupKeyId: toHex(groupKeyId(fromHex(epoch.groupKey, 48))),
    kind: duty.kind,
    slot: duty.slot,
    statementHash: toHex(statementHash(duty.statement)),
  };
}

/** A member signed something else for the slot than this node would: one of the two does not see the ledger as it is. */
export type DutyJudgement = Judgement & { readonly isContradiction: boolean };

/** Whether a member's part counts. `digest` is that of what this node itself would sign in the slot. */
export function judgeDuty(
  message: DutyMessage,
  digest: string,
  epoch: EpochRecord,
  rules: DecisionRules,
): DutyJudgement {
  const signed = dutyDigest(rules.networkId, epoch, message);
  const { keyEpoch, partial, decision } = message;
  const part = { type: "comity/v1/partial", digest: signed, keyEpoch, partial, decision } as const;
  // [REJECT] not signed by the member, or with another partial than its share makes.
  const judgement = judgePartial(part, epoch, rules);
  // [REJECT] the member signed another statement for this slot.
  const isContradiction = judgement.verdict === "accept" && signed !== digest;
  return isContradiction
    ? { verdict: "reject", blame: "author", isContradiction }
    : { ...judgement, isContradiction };
}
