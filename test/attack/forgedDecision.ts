import { sign } from "node:crypto";
import { type Decision, decisionBytes, type NetworkId, partialHashOf, toHex } from "@comity/protocol";
import type { MemberSecrets } from "./secrets.ts";

/** A member's signed decision to sign, with the partial that goes with it. */
export function signingDecision(
  networkId: NetworkId,
  digest: Uint8Array,
  { index, identityKey }: Pick<MemberSecrets, "index" | "identityKey">,
  partial: Uint8Array,
): Decision {
  const unsigned = {
    memberIndex: index,
    decision: "sign",
    reason: "",
    logPosition: 1,
    partialHash: partialHashOf(partial),
  } as const;
  const signature = sign(null, decisionBytes(networkId, digest, unsigned), identityKey);
  return { ...unsigned, signature: toHex(signature) };
}
