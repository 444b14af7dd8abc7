import { fields, fromHex } from "../bytes.ts";
import { boolean, type Decoded, hex, integer, list, literal, nullable, object, oneOf } from "../decode.ts";
import { type Ed25519Verify, verifyEd25519 } from "../ed25519.ts";
import { MAX_MEMBERS } from "../genesis.ts";
import { memberId, type NetworkId, type OpeningId, openingId } from "../ids.ts";
import { ledgerTime, phrase, revised } from "./shape.ts";

/** Leaves of an hour's tree, always: the count says nothing about how many tips came. */
export const TIP_LEAVES = 1024;
/** X-Wing public key. */
export const SEALING_KEY_BYTES = 1216;
/** HPKE encapsulation, share, salt and tag (@comity/tip, "Opening through the ledger"). */
export const PASSED_SHARE_BYTES = 1201;

/** As large as `u64` allows that a number holds. */
export const tipHourNumber = integer(0, Number.MAX_SAFE_INTEGER);

const officer = {
  memberId,
  sealingKey: hex(SEALING_KEY_BYTES),
  /** By which the member vouches for the key: senders must not have to believe a gateway. */
  signature: hex(64),
};
/** A case officer's key, to which tips are sealed; one a member. */
export const tipOfficerRequest = object(officer);
export const tipOfficerDocument = object({ ...revised, ...officer });
export type TipOfficerRequest = Decoded<typeof tipOfficerRequest>;
export type TipOfficerDocument = Decoded<typeof tipOfficerDocument>;

const gateway = { memberId, receiptKey: hex(32), keySignature: hex(64) };
/** The Ed25519 key with which a member's gateway signs receipts. */
export const tipGatewayRequest = object(gateway);
export const tipGatewayDocument = object({ ...revised, ...gateway });
export type TipGatewayRequest = Decoded<typeof tipGatewayRequest>;
export type TipGatewayDocument = Decoded<typeof tipGatewayDocument>;

/** What a member signs with its identity key for its case officer's sealing key. */
export function tipOfficerBytes(
  network: NetworkId,
  { memberId: member, sealingKey }: Pick<TipOfficerRequest, "memberId" | "sealingKey">,
): Uint8Array {
  return fields("comity/v1/tip-officer", fromHex(network), member, fromHex(sealingKey));
}

/** What a member signs with its identity key for its gateway's receipt key. */
export function tipGatewayBytes(
  network: NetworkId,
  { memberId: member, receiptKey }: Pick<TipGatewayRequest, "memberId" | "receiptKey">,
): Uint8Array {
  return fields("comity/v1/tip-gateway", fromHex(network), member, fromHex(receiptKey));
}

interface Vouching {
  readonly networkId: NetworkId;
  /** Of the member, from genesis or the register. */
  readonly identityKey: string;
  readonly verify?: Ed25519Verify;
}

/** Whether its member vouches for a case officer's key. */
export function verifyTipOfficer(
  request: TipOfficerRequest,
  { networkId: network, identityKey, verify = verifyEd25519 }: Vouching,
): boolean {
  const bytes = tipOfficerBytes(network, request);
  return verify(fromHex(identityKey, 32), bytes, fromHex(request.signature, 64));
}

/** Whether its member vouches for a gateway's receipt key. */
export function verifyTipGateway(
  request: TipGatewayRequest,
  { networkId: network, identityKey, verify = verifyEd25519 }: Vouching,
): boolean {
  const bytes = tipGatewayBytes(network, request);
  return verify(fromHex(identityKey, 32), bytes, fromHex(request.keySignature, 64));
}

/** The root of all that a gateway took in an hour; filed once. */
export const tipRootRequest = object({
  tipHour: tipHourNumber,
  root: hex(32),
  leafCount: literal(TIP_LEAVES),
});
export type TipRootRequest = Decoded<typeof tipRootRequest>;
export const tipRootDocument = object({
  ...revised,
  /** Whose gateway. */
  memberId,
  tipHour: tipHourNumber,
  root: hex(32),
  leafCount: literal(TIP_LEAVES),
  filedMs: ledgerTime,
});
export type TipRootDocument = Decoded<typeof tipRootDocument>;

/** What `bounty:ReadHour` gives. */
export const tipHourView = object({
  memberId,
  tipHour: tipHourNumber,
  root: nullable(hex(32)),
  /** Its bucket is closed: what has not been filed never will be. */
  closed: boolean(),
});
export type TipHourView = Decoded<typeof tipHourView>;

/** A case officer asks another member's to open a tip with it. */
export const openingRequest = object({ cellHash: hex(32), reason: phrase(400) });
export type OpeningRequest = Decoded<typeof openingRequest>;

const passed = {
  reason: phrase(400),
  /** The approving officer's share, sealed for the one who asked. */
  passedShare: hex(PASSED_SHARE_BYTES),
};
export const openingApproval = object({ openingId, ...passed });
export type OpeningApproval = Decoded<typeof openingApproval>;

/** Who opens what, and why; times are policy time. */
export const openingDocument = object({
  ...revised,
  openingId,
  cellHash: hex(32),
  requestedBy: memberId,
  /** To which shares are passed: the asking officer's when it asked. */
  sealingKey: hex(SEALING_KEY_BYTES),
  reason: phrase(400),
  requestedMs: ledgerTime,
  status: oneOf("requested", "approved"),
  approvals: list(object({ memberId, ...passed, approvedMs: ledgerTime }), MAX_MEMBERS),
});
export type OpeningDocument = Decoded<typeof openingDocument>;

/** One opening for each tip and member that asks. */
export function openingIdOf(cellHash: string, requestedBy: string): OpeningId {
  return `${cellHash}.${requestedBy}` as OpeningId;
}
