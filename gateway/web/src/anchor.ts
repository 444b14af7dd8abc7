import { decodeGenesis, type Genesis, genesisId } from "@comity/protocol";

/** What the visitor brought: the fingerprint in the part of the address that is never sent to the gateway. */
export type Anchor =
  | { readonly kind: "missing" }
  | { readonly kind: "malformed" }
  | { readonly kind: "given"; readonly genesis: string };

export function readAnchor(fragment: string): Anchor {
  const genesis = new URLSearchParams(fragment.replace(/^#/, "")).get("genesis");
  if (genesis === null || genesis === "") return { kind: "missing" };
  return /^[0-9a-f]{64}$/.test(genesis) ? { kind: "given", genesis } : { kind: "malformed" };
}

/** The genesis record, where it is the one that the visitor's fingerprint names. */
export function openGenesis(bytes: Uint8Array, anchor: Anchor): Genesis | undefined {
  if (anchor.kind !== "given" || genesisId(bytes) !== anchor.genesis) return undefined;
  try {
    return decodeGenesis(bytes);
  } catch {
    return undefined;
  }
}
