import { concat, equalBytes, fields, fromHex } from "./bytes.ts";
import type { HostId, MemberId, NetworkId, SiteId } from "./ids.ts";

/**
 * The ledger binds some ids for ever to whoever brings them first, so the key that such an id names must say for whom it is brought: else
 * somebody who sees a key before its owner has claimed it could claim it first.
 */

/** What a libp2p peer's key signs so that its peer id becomes the one of a member's node. */
export function peerClaimBytes(networkId: NetworkId, memberId: MemberId, peerId: string): Uint8Array {
  return fields("comity/v1/peer-claim", fromHex(networkId, 32), memberId, peerId);
}

/** What a member's identity key signs so that it becomes the one of a member that joins. */
export function memberClaimBytes(networkId: NetworkId, memberId: MemberId, mspId: string): Uint8Array {
  return fields("comity/v1/member-claim", fromHex(networkId, 32), memberId, mspId);
}

/** What a host's key signs so that the host is enrolled at a site. */
export function hostClaimBytes(networkId: NetworkId, siteId: SiteId, hostId: HostId): Uint8Array {
  return fields("comity/v1/host-claim", fromHex(networkId, 32), siteId, fromHex(hostId, 32));
}

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** Identity multihash of a libp2p public key of type Ed25519: its one leading zero byte is the leading `1` of the text. */
const PEER_PREFIX = fromHex("002408011220");
const PEER_BYTES = PEER_PREFIX.length + 32;

/** Id of the libp2p peer with an Ed25519 key: base58btc of the prefix and the key. */
export function peerIdOf(publicKey: Uint8Array): string {
  let rest = concat(PEER_PREFIX, publicKey).reduce((value, byte) => value * 256n + BigInt(byte), 0n);
  let digits = "";
  for (; rest > 0n; rest /= 58n) digits = (ALPHABET[Number(rest % 58n)] ?? "") + digits;
  return `1${digits}`;
}

/** The key that a peer id is made of; undefined where it is not the id of an Ed25519 key. */
export function peerKeyOf(peerId: string): Uint8Array | undefined {
  if (!/^1[1-9A-HJ-NP-Za-km-z]{40,60}$/.test(peerId)) return undefined;
  let value = 0n;
  for (const digit of peerId) value = value * 58n + BigInt(ALPHABET.indexOf(digit));
  const hex = value.toString(16);
  if (hex.length > 2 * PEER_BYTES) return undefined;
  const bytes = fromHex(hex.padStart(2 * PEER_BYTES, "0"));
  const key = bytes.subarray(PEER_PREFIX.length);
  const isEd25519 = equalBytes(bytes.subarray(0, PEER_PREFIX.length), PEER_PREFIX);
  return isEd25519 && peerIdOf(key) === peerId ? key : undefined;
}
