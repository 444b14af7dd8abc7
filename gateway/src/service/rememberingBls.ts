import { type BlsVerifier, toHex } from "@comity/protocol";

/** Checks each signature once: all bundles of a registry carry the same digest. */
export function rememberingBls(bls: BlsVerifier, maxRemembered: number): BlsVerifier {
  const verdicts = new Map<string, boolean>();
  return {
    ...bls,
    verify(publicKey, message, signature) {
      const key = [publicKey, message, signature].map(toHex).join();
      const verdict = verdicts.get(key) ?? bls.verify(publicKey, message, signature);
      verdicts.set(key, verdict);
      const [oldest] = verdicts.keys();
      if (verdicts.size > maxRemembered && oldest !== undefined) verdicts.delete(oldest);
      return verdict;
    },
  };
}
