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
import { G1, pointOf } from "./point.ts";
import { type Claim, isProven, PROOF_BYTES } from "./proof.ts";
import { isMember, type Session, sessionHash } from "./session.ts";

const TAG = "comity/v1/dkg/encryption-key";

/** The document with which a member accepts a session: its fresh encryption key, and the proof that it holds the secret. */
export const decodeAcceptance = object({
  index: integer(1, MAX_MEMBERS),
  encryptionKey: hex(G1_BYTES),
  proof: hex(PROOF_BYTES),
});
export type Acceptance = Decoded<typeof decodeAcceptance>;

export function encryptionKeyClaim(session: Session, index: number, encryptionKey: G1Point): Claim {
  return {
    context: fields(TAG, sessionHash(session), u16(index)),
    pairs: [{ base: G1.BASE, image: encryptionKey }],
  };
}

/**
 * Whether an encryption key (96 hex digits) is a proper point whose secret the member `index` proved to know, for this session.
 * @throws SessionError SESSION_INVALID; nothing for whatever key and proof
 */
export function verifyEncryptionKey(
  session: Session,
  index: number,
  encryptionKey: string,
  proof: string,
): boolean {
  const point = pointOf(encryptionKey);
  return (
    isMember(session, index) &&
    point !== undefined &&
    isProven(encryptionKeyClaim(session, index, point), proof)
  );
}
