import {
  bucketClosableMs,
  bucketOf,
  canonicalString,
  type Clock,
  figure,
  type FigureName,
  figures,
  fromHex,
  type Genesis,
  type NetworkId,
  type NodeRegistration,
  type NodeRequest,
  type MemberOrganisation,
  memberOrganisation,
  peerClaimBytes,
  peerKeyOf,
  verifyEd25519,
} from "@comity/protocol";
import { LedgerError } from "../ledger/ledgerError.ts";
import type { Network } from "../ledger/network.ts";
import { revisionAfter } from "../ledger/table.ts";

/** The genesis record that a text is, if it is the one that this process serves and every rule finds its figure in it. */
export function admitGenesis(record: string, { text, genesis }: Network): Genesis {
  if (record !== text) throw new LedgerError("GENESIS_MISMATCH", "this ledger serves another genesis record");
  for (const name of Object.keys(figures) as FigureName[]) figure(genesis, name);
  return genesis;
}

/** The register that a network starts with: every entry must be one that can be read again. */
export function foundingOrganisations(genesis: Genesis): MemberOrganisation[] {
  return genesis.members.map((member) =>
    memberOrganisation({ ...revisionAfter(), class: "member", ...member }),
  );
}

/** A peer id is its member's for ever, so its own key must say whose it is: else who hears of one could take it. */
export function assertOwnPeer({ memberId, peerId, signature }: NodeRequest, networkId: NetworkId): void {
  const key = peerKeyOf(peerId);
  const claim = peerClaimBytes(networkId, memberId, peerId);
  if (key === undefined || !verifyEd25519(key, claim, fromHex(signature, 64)))
    throw new LedgerError("PEER_SIGNATURE", "the key of this peer id did not sign that it is this member's");
}

/** The registration to store, or undefined where exactly this one is stored already. */
export function registerNode(
  request: NodeRequest,
  existing: NodeRegistration | undefined,
): NodeRegistration | undefined {
  const { memberId, peerId, addresses, intakeAddress } = request;
  const registration = { ...revisionAfter(existing), memberId, peerId, addresses, intakeAddress };
  const isSame =
    existing !== undefined &&
    canonicalString({ ...existing, rev: registration.rev }) === canonicalString(registration);
  return isSame ? undefined : registration;
}

/** A bucket is closed once nobody's honest clock can still be in it, and after the one before it. */
export function assertClosable(clock: Clock, bucket: number, nowMs: number, isPreviousClosed: boolean): void {
  const first = bucketOf(clock, clock.originMs);
  if (bucket < first || (bucket > first && !isPreviousClosed)) {
    throw new LedgerError("BUCKET_ORDER", `buckets close in order, from ${first} on`);
  }
  if (nowMs < bucketClosableMs(clock, bucket))
    throw new LedgerError("BUCKET_EARLY", `bucket ${bucket} cannot be closed yet`);
}
