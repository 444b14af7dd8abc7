import {
  type AlertStatement,
  DomainError,
  type EpochRecord,
  type NetworkId,
  type PartialMessage,
  proposalBytes,
  type ProposalMessage,
  type RefusalMessage,
  toHex,
  topics,
} from "@comity/protocol";
import { digestOf } from "./messageRules.ts";
import type { SigningIdentity } from "./ports.ts";
import type { Session } from "./session.ts";
import type { LoggedDecision } from "./signingLog.ts";

/** This member's proposal of a statement under the key of an epoch. */
export function newProposal(
  statement: AlertStatement,
  epoch: EpochRecord,
  expiresAtMs: number,
  { networkId, identity }: { readonly networkId: NetworkId; readonly identity: SigningIdentity },
): ProposalMessage {
  const unsigned = {
    type: "comity/v1/proposal",
    memberIndex: identity.index,
    kind: "alert",
    keyEpoch: epoch.keyEpoch,
    statement,
    expiresAtMs,
  } as const;
  const bytes = proposalBytes(networkId, digestOf(networkId, epoch, unsigned), unsigned);
  return { ...unsigned, signature: toHex(identity.sign(bytes)) };
}

export type DecisionEvent =
  | { readonly type: "partial"; readonly message: PartialMessage }
  | { readonly type: "refusal"; readonly message: RefusalMessage };

/** @throws CanonicalError, DecodeError */
export function decisionEvent(type: DecisionEvent["type"], bytes: Uint8Array): DecisionEvent {
  return type === "partial"
    ? { type, message: topics.partial.decode(bytes) }
    : { type, message: topics.refusal.decode(bytes) };
}

/** What this member tells the others of a decision that it logged. */
export function ownEvent(
  { digest, proposal }: Session,
  { decision, partial }: LoggedDecision,
): DecisionEvent {
  if (partial === null) return { type: "refusal", message: { type: "comity/v1/refusal", digest, decision } };
  const { keyEpoch } = proposal;
  return { type: "partial", message: { type: "comity/v1/partial", digest, keyEpoch, partial, decision } };
}

/** The message, or undefined where its bytes are none. */
export function decoded<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}
