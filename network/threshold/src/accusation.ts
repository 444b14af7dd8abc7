import {
  type Decoded,
  fields,
  G1_BYTES,
  type G1Point,
  hex,
  integer,
  MAX_MEMBERS,
  object,
  u16,
} from "@comity/protocol";
import { type Deal, type DealPoints, dealPoints } from "./deal.ts";
import { G1, pointOf } from "./point.ts";
import { type Claim, isProven, PROOF_BYTES } from "./proof.ts";
import type { Session } from "./session.ts";
import { ciphertextFor, openGoodShare, type Pair } from "./share.ts";

const TAG = "comity/v1/dkg/accusation";

/** Decodes an accusation from JSON. @throws DecodeError DOCUMENT_INVALID */
export const decodeAccusation = object({
  dealer: integer(1, MAX_MEMBERS),
  accuser: integer(1, MAX_MEMBERS),
  sharedKey: hex(G1_BYTES),
  proof: hex(PROOF_BYTES),
});
export type Accusation = Decoded<typeof decodeAccusation>;

export function accusationClaim(
  { binding, ephemeral }: DealPoints,
  { index, encryptionKey, sharedKey }: Pair,
): Claim {
  return {
    context: fields(TAG, binding, u16(index)),
    pairs: [
      { base: G1.BASE, image: encryptionKey },
      { base: ephemeral, image: sharedKey },
    ],
  };
}

/**
 * Decides between dealer and accuser, from public data: the accuser revealed the key of its ciphertext and proved that it is the key.
 * @param deal the dealer's deal as the ledger has it, after `checkDeal`
 * @param encryptionKey the accuser's, as it registered it for this session, 96 hex digits
 * @throws SessionError, DealError if session or deal are not what `checkDeal` passes; nothing for whatever accusation
 */
export function decideAccusation(
  session: Session,
  deal: Deal,
  accusation: Accusation,
  encryptionKey: string,
): "dealer-guilty" | "accuser-wrong" {
  const points = dealPoints(session, deal);
  const pair = pairOf(accusation, pointOf(encryptionKey));
  const ciphertext = ciphertextFor(deal, accusation.accuser);
  if (accusation.dealer !== deal.dealer || !pair || ciphertext === undefined) return "accuser-wrong";
  if (!isProven(accusationClaim(points, pair), accusation.proof)) return "accuser-wrong";
  return openGoodShare(points, pair, ciphertext) === undefined ? "dealer-guilty" : "accuser-wrong";
}

function pairOf(accusation: Accusation, encryptionKey: G1Point | undefined): Pair | undefined {
  const sharedKey = pointOf(accusation.sharedKey);
  return sharedKey && encryptionKey && { index: accusation.accuser, encryptionKey, sharedKey };
}
