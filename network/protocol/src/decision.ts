import { fields, fromHex, sha256, toHex, u16, u64 } from "./bytes.ts";
import { type Decoded, hex, integer, object, oneOf, text } from "./decode.ts";
import { DecodeError, type Decoder } from "./decode.ts";
import type { Ed25519Verify } from "./ed25519.ts";
import { MAX_MEMBERS } from "./genesis.ts";
import type { NetworkId } from "./ids.ts";

const NO_PARTIAL = "00".repeat(32);

const shape = object({
  memberIndex: integer(1, MAX_MEMBERS),
  decision: oneOf("sign", "refuse"),
  reason: text(40, /^[A-Z_]*$/),
  logPosition: integer(0, Number.MAX_SAFE_INTEGER),
  partialHash: hex(32),
  signature: hex(64),
});

/** What a member decided about a digest, signed with its identity key. */
export type Decision = Decoded<typeof shape>;
export type UnsignedDecision = Omit<Decision, "signature">;

/** A refusal says why and carries no partial; a signature carries one and gives no reason. */
export const decodeDecision: Decoder<Decision> = (value, path = "") => {
  const decision = shape(value, path);
  const isRefusal = decision.reason !== "" && decision.partialHash === NO_PARTIAL;
  const isSignature = decision.reason === "" && decision.partialHash !== NO_PARTIAL;
  if (decision.decision === "sign" ? !isSignature : !isRefusal) {
    throw new DecodeError(path, "must either sign with a partial or refuse with a reason");
  }
  return decision;
};

export function decisionBytes(
  networkId: NetworkId,
  digest: Uint8Array,
  decision: UnsignedDecision,
): Uint8Array {
  return fields(
    "comity/v1/decision",
    fromHex(networkId, 32),
    digest,
    u16(decision.memberIndex),
    decision.decision,
    decision.reason,
    u64(decision.logPosition),
    fromHex(decision.partialHash, 32),
  );
}

/** Hash of a partial signature as a decision names it. */
export function partialHashOf(partial: Uint8Array): string {
  return toHex(sha256(partial));
}

export function refusal(memberIndex: number, reason: string, logPosition: number): UnsignedDecision {
  return { memberIndex, decision: "refuse", reason, logPosition, partialHash: NO_PARTIAL };
}

export function verifyDecision(
  networkId: NetworkId,
  digest: Uint8Array,
  decision: Decision,
  identityKey: Uint8Array,
  verify: Ed25519Verify,
): boolean {
  return verify(identityKey, decisionBytes(networkId, digest, decision), fromHex(decision.signature, 64));
}
