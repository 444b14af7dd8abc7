import { hash } from "node:crypto";
import type { Ed25519Verify } from "@comity/protocol";

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/**
 * A verifier that knows what it has accepted before. A member sees a host's signature when the segment comes, when its detector adds it up, and
 * anew with every proposal that rests on it; to look it up costs a fiftieth of checking it. Refusals are not kept: they could push out the rest.
 */
export function rememberedVerify(
  verify: Ed25519Verify,
  { maxAccepted }: { readonly maxAccepted: number },
): Ed25519Verify {
  const accepted = new Set<string>();
  return (publicKey, message, signature) => {
    // Only of these lengths do the parts of what is hashed have one place each.
    if (publicKey.length !== KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
    const name = hash("sha256", Buffer.concat([publicKey, signature, message]), "binary");
    if (accepted.has(name)) return true;
    if (!verify(publicKey, message, signature)) return false;
    accepted.add(name);
    const [oldest] = accepted;
    if (accepted.size > maxAccepted && oldest !== undefined) accepted.delete(oldest);
    return true;
  };
}
