import { toHex } from "@comity/protocol";
import { type Acceptance, encryptionKeyClaim } from "./acceptance.ts";
import { encodePoint, G1 } from "./point.ts";
import { prove } from "./prove.ts";
import { drawScalar, type RandomBytes } from "./random.ts";
import { encodeScalar } from "./scalar.ts";
import type { Session } from "./session.ts";

/**
 * A member's fresh encryption key for one session. Keep `secret` (32 bytes) until the key is active or the attempt is aborted; post
 * `accept`.
 * @throws SessionError SESSION_INVALID; ShareError RANDOM_INVALID
 */
export function createEncryptionKey(options: {
  readonly session: Session;
  readonly index: number;
  readonly random: RandomBytes;
}): { secret: Uint8Array; accept: Acceptance } {
  const { session, index, random } = options;
  const secret = drawScalar(random);
  const encryptionKey = G1.BASE.multiply(secret);
  const proof = prove(encryptionKeyClaim(session, index, encryptionKey), secret, random);
  return {
    secret: encodeScalar(secret),
    accept: { index, encryptionKey: toHex(encodePoint(encryptionKey)), proof },
  };
}
