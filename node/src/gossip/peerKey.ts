import { readFile, stat } from "node:fs/promises";
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
import { writeSecret } from "../store/secretFile.ts";

export class PeerKeyError extends DomainError<"PEER_KEY_MODE" | "PEER_KEY_INVALID"> {}

/**
 * The node's transport key: read from `file`, or made there at the first start. It names the node to its peers only; what a
 * member says is signed by its identity key.
 * @throws PeerKeyError
 */
export async function loadPeerKey(file: string): Promise<PrivateKey> {
  const stored = await readExisting(file);
  if (stored) return decodeKey(file, stored);
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

async function readExisting(file: string): Promise<Uint8Array | undefined> {
  try {
    const { mode } = await stat(file);
    if ((mode & 0o077) !== 0) throw new PeerKeyError("PEER_KEY_MODE", `${file} must have mode 0600`);
    const bytes = await readFile(file);
    return bytes.length === 0 ? undefined : bytes;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function decodeKey(file: string, bytes: Uint8Array): PrivateKey {
  try {
    return privateKeyFromProtobuf(bytes);
  } catch (cause) {
    throw new PeerKeyError("PEER_KEY_INVALID", `${file} holds no libp2p private key`, { cause });
  }
}
