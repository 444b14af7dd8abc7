import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from "@libp2p/crypto/keys";
import type { PrivateKey } from "@libp2p/interface";
import {
  DomainError,
  type MemberId,
  type NetworkId,
  peerClaimBytes,
  peerIdOf,
  toHex,
} from "@comity/protocol";
import { readSecret, writeSecret } from "../store/secretFile.ts";

export class PeerKeyError extends DomainError<"PEER_KEY_INVALID"> {}

/**
 * The node's transport key: read from `file`, or made there at the first start. It names the node to its peers only; what a
 * member says is signed by its identity key.
 * @throws PeerKeyError, SecretFileError
 */
export async function loadPeerKey(file: string): Promise<PrivateKey> {
  const stored = await readSecret(file);
  // A crash may leave it empty; nobody has heard of that key.
  if (stored && stored.length > 0) return decodeKey(file, stored);
  const key = await generateKeyPair("Ed25519");
  await writeSecret(file, privateKeyToProtobuf(key));
  return key;
}

/** The key's own word that its peer is the member's node: the ledger registers none without it. */
export async function signPeerClaim(
  key: PrivateKey,
  networkId: NetworkId,
  memberId: MemberId,
): Promise<string> {
  const claim = peerClaimBytes(networkId, memberId, peerIdOf(key.publicKey.raw));
  return toHex(await key.sign(claim));
}

function decodeKey(file: string, bytes: Uint8Array): PrivateKey {
  try {
    return privateKeyFromProtobuf(bytes);
  } catch (cause) {
    throw new PeerKeyError("PEER_KEY_INVALID", `${file} holds no libp2p private key`, { cause });
  }
}
