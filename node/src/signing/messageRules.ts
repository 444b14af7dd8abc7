import {
  type BlsVerifier,
  type Decision,
  type Ed25519Verify,
  type EpochRecord,
  fromHex,
  type Genesis,
  type NetworkId,
  type PartialMessage,
  partialHashOf,
  proposalBytes,
  type ProposalMessage,
  type RefusalMessage,
  statementDigest,
  statementProblem,
  verifyDecision,
} from "@comity/protocol";
import type { Verdict } from "../gossip/network.ts";

/** Rules for the topics of signing, cheap to dear. Each says what to do with a message that breaks it. */

/** Real clocks of members may differ by this much. */
const SKEW_MS = 60_000;

export interface RuleContext {
  readonly genesis: Genesis;
  readonly networkId: NetworkId;
  readonly verify: Ed25519Verify;
  readonly bls: BlsVerifier;
  /** How long a proposal may live, real time. */
  readonly proposalLifeMs: number;
}

/** What it takes to judge a decision, whatever it is about. */
export type DecisionRules = Pick<RuleContext, "networkId" | "verify" | "bls">;

export function digestOf(
  networkId: NetworkId,
  epoch: EpochRecord,
  message: Pick<ProposalMessage, "kind" | "keyEpoch" | "statement">,
): Uint8Array {
  const { kind, keyEpoch, statement } = message;
  return statementDigest({ networkId, groupKey: fromHex(epoch.groupKey, 48), kind, keyEpoch }, statement);
}

/** Whether a proposal may open a session under the key in force. */
export function judgeProposal(
  message: ProposalMessage,
  epoch: EpochRecord,
  now: number,
  context: RuleContext,
): Verdict {
  // [REJECT] not what the rulebook makes of any evidence: nobody is to remember a refusal of it.
  if (statementProblem(context.genesis, message.statement) !== undefined) return "reject";
  // [IGNORE] another epoch: ours or theirs is not the newest.
  if (message.keyEpoch !== epoch.keyEpoch) return "ignore";
  // [REJECT] not a member of this epoch.
  const member = epoch.members.find(({ index }) => index === message.memberIndex);
  if (!member) return "reject";
  // [IGNORE] over, or [REJECT] longer than any proposal may live.
  if (message.expiresAtMs <= now) return "ignore";
  if (message.expiresAtMs > now + context.proposalLifeMs + SKEW_MS) return "reject";
  // [REJECT] not signed by the member that it names.
  const bytes = proposalBytes(context.networkId, digestOf(context.networkId, epoch, message), message);
  const isSigned = context.verify(fromHex(member.identityKey, 32), bytes, fromHex(message.signature, 64));
  return isSigned ? "accept" : "reject";
}

/** Who is to blame for a message: the decision's author only if it signed it, else whoever sent it. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly blame: "author" | "sender" | "nobody";
}

const fine: Judgement = { verdict: "accept", blame: "nobody" };
const forged: Judgement = { verdict: "reject", blame: "sender" };
const bad: Judgement = { verdict: "reject", blame: "author" };

/** Partials do not show whose they are, so one counts only inside a message that its member signed. */
export function judgePartial(message: PartialMessage, epoch: EpochRecord, context: DecisionRules): Judgement {
  // [REJECT] a partial of another epoch than the digest's.
  if (message.keyEpoch !== epoch.keyEpoch || message.decision.decision !== "sign") return forged;
  const member = epoch.members.find(({ index }) => index === message.decision.memberIndex);
  // [REJECT] not decided by this member.
  if (!member || !isDecidedBy(message.decision, message.digest, member, context)) return forged;
  // [REJECT] another partial than it decided on: anybody can have put that next to its decision.
  const partial = fromHex(message.partial, 96);
  if (partialHashOf(partial) !== message.decision.partialHash) return forged;
  // [REJECT] the member vouched for just this partial, so what is wrong with it is its own fault.
  const isValid = context.bls.verify(fromHex(member.publicShare, 48), fromHex(message.digest, 32), partial);
  return isValid ? fine : bad;
}

export function judgeRefusal(message: RefusalMessage, epoch: EpochRecord, context: RuleContext): Judgement {
  const member = epoch.members.find(({ index }) => index === message.decision.memberIndex);
  const isRefusal = message.decision.decision === "refuse";
  if (!member || !isRefusal || !isDecidedBy(message.decision, message.digest, member, context)) return forged;
  return fine;
}

function isDecidedBy(
  decision: Decision,
  digest: string,
  member: { readonly identityKey: string },
  { networkId, verify }: DecisionRules,
): boolean {
  return verifyDecision(networkId, fromHex(digest, 32), decision, fromHex(member.identityKey, 32), verify);
}
