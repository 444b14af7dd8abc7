import { encodeCanonical, fields, G1_BYTES, type G1Point, type Decoded } from "@comity/protocol";
import { hex, integer, list, MAX_MEMBERS, object, sha256, toHex, u16 } from "@comity/protocol";
import { DealError } from "./errors.ts";
import { encodePoint, G1, pointOf } from "./point.ts";
import { type Claim, isProven, PROOF_BYTES } from "./proof.ts";
import { isMember, type Session, sessionHash } from "./session.ts";

const DEAL_TAG = "comity/v1/dkg/deal";
const CONSTANT_TERM_TAG = "comity/v1/dkg/constant-term";
const EPHEMERAL_TAG = "comity/v1/dkg/ephemeral";

/** A share (32 bytes) and the tag of its AEAD. */
export const CIPHERTEXT_BYTES = 48;

const index = integer(1, MAX_MEMBERS);
const point = hex(G1_BYTES);

/** Decodes a deal from JSON; shape only, see `checkDeal`. @throws DecodeError DOCUMENT_INVALID */
export const decodeDeal = object({
  dealer: index,
  commitments: list(point, MAX_MEMBERS, 1),
  proof: hex(PROOF_BYTES),
  ephemeral: point,
  ephemeralProof: hex(PROOF_BYTES),
  shares: list(object({ index, ciphertext: hex(CIPHERTEXT_BYTES) }), MAX_MEMBERS, 1),
});
export type Deal = Decoded<typeof decodeDeal>;

/** A deal's public points, decoded, and D, the hash that everything in the deal is bound to. */
export interface DealPoints {
  readonly commitments: readonly G1Point[];
  readonly ephemeral: G1Point;
  readonly binding: Uint8Array;
}

/** Same hash, same deal: two different ones of one dealer in one session disqualify it. SHA-256 of the canonical JSON. */
export function dealHash(deal: Deal): Uint8Array {
  return sha256(encodeCanonical(deal));
}

/** D of the README. */
export function dealBinding(
  session: Session,
  dealer: number,
  points: Omit<DealPoints, "binding">,
): Uint8Array {
  const encoded = [points.ephemeral, ...points.commitments].map(encodePoint);
  return sha256(fields(DEAL_TAG, sessionHash(session), u16(dealer), ...encoded));
}

export function constantTermClaim(binding: Uint8Array, constantTerm: G1Point): Claim {
  return { context: fields(CONSTANT_TERM_TAG, binding), pairs: [{ base: G1.BASE, image: constantTerm }] };
}

export function ephemeralClaim(binding: Uint8Array, ephemeral: G1Point): Claim {
  return { context: fields(EPHEMERAL_TAG, binding), pairs: [{ base: G1.BASE, image: ephemeral }] };
}

/**
 * What was decoded and proven of a deal, for as long as it is at hand: it is looked at when it comes, when its share is opened and when the key is made,
 * and decoding its points takes most of each. A deal is never changed.
 */
const decodedDeals = new WeakMap<Deal, DealPoints & { readonly session: string }>();
const provenPoints = new WeakSet<DealPoints>();

/** @throws SessionError; DealError DEAL_DEALER, DEAL_DEGREE, DEAL_POINT */
export function dealPoints(session: Session, deal: Deal): DealPoints {
  const name = toHex(sessionHash(session));
  const known = decodedDeals.get(deal);
  if (known?.session === name) return known;
  const points = { ...decodePoints(session, deal), session: name };
  decodedDeals.set(deal, points);
  return points;
}

function decodePoints(session: Session, deal: Deal): DealPoints {
  if (!isMember(session, deal.dealer)) {
    throw new DealError("DEAL_DEALER", `the session has no member ${deal.dealer}`);
  }
  if (deal.commitments.length !== session.t) {
    const found = `${deal.commitments.length} commitments instead of ${session.t}`;
    throw new DealError("DEAL_DEGREE", `the deal has ${found}`);
  }
  const points = { commitments: deal.commitments.map(properPoint), ephemeral: properPoint(deal.ephemeral) };
  return { ...points, binding: dealBinding(session, deal.dealer, points) };
}

function properPoint(encoded: string): G1Point {
  const decoded = pointOf(encoded);
  if (!decoded) throw new DealError("DEAL_POINT", "a point of the deal is not a proper point of G1");
  return decoded;
}

/**
 * Makes every check of a deal that needs no secret: dealer, degree, one ciphertext for each recipient in ascending order, proper
 * points, and both proofs. That a ciphertext holds a good share only its recipient can see, and prove by an accusation.
 * @param recipients the members who accepted the session
 * @throws SessionError SESSION_INVALID; DealError with the code of the first check that fails
 */
export function checkDeal(
  session: Session,
  dealer: number,
  deal: Deal,
  recipients: readonly { readonly index: number }[],
): void {
  if (deal.dealer !== dealer) {
    throw new DealError("DEAL_DEALER", `the deal names member ${deal.dealer}, but member ${dealer} sent it`);
  }
  assertRecipients(deal, recipients);
  checkProofs(deal, dealPoints(session, deal));
}

/** @throws DealError DEAL_PROOF, DEAL_EPHEMERAL */
export function checkProofs(deal: Deal, points: DealPoints): void {
  if (provenPoints.has(points)) return;
  const { binding, commitments, ephemeral } = points;
  const constantTerm = commitments[0];
  if (!constantTerm || !isProven(constantTermClaim(binding, constantTerm), deal.proof)) {
    throw new DealError("DEAL_PROOF", "the dealer did not prove that it knows its constant term");
  }
  if (!isProven(ephemeralClaim(binding, ephemeral), deal.ephemeralProof)) {
    throw new DealError("DEAL_EPHEMERAL", "the dealer did not prove that it knows its ephemeral key");
  }
  provenPoints.add(points);
}

function assertRecipients(deal: Deal, recipients: readonly { readonly index: number }[]): void {
  const expected = recipients.map((recipient) => recipient.index).sort((a, b) => a - b);
  const isComplete =
    deal.shares.length === expected.length && deal.shares.every((share, i) => share.index === expected[i]);
  if (!isComplete) {
    throw new DealError(
      "DEAL_RECIPIENTS",
      `the deal must have one share each for members ${expected.join(", ")}`,
    );
  }
}
