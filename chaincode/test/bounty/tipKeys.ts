import {
  type MemberId,
  parseMemberId,
  PASSED_SHARE_BYTES,
  SEALING_KEY_BYTES,
  TIP_LEAVES,
  tipGatewayBytes,
  type TipGatewayRequest,
  tipOfficerBytes,
  type TipOfficerRequest,
  type TipRootRequest,
} from "@comity/protocol";
import { type Founded, found, identity, identityKey, signWith } from "../fixture/coalition.ts";

/** The chaincode never opens anything, so any bytes of the right size do for what is sealed. */
export const sealingKey = (byte: number): string =>
  byte.toString(16).padStart(2, "0").repeat(SEALING_KEY_BYTES);
export const passedShare = (byte: number): string =>
  byte.toString(16).padStart(2, "0").repeat(PASSED_SHARE_BYTES);
export const cellHash = "ce".repeat(32);

const ids: Record<string, MemberId> = {};
const idOf = (memberId: string): MemberId => (ids[memberId] ??= parseMemberId(memberId));

export function officerOf({ networkId }: Founded, memberId: string, byte = 1): TipOfficerRequest {
  const key = { memberId: idOf(memberId), sealingKey: sealingKey(byte) };
  return { ...key, signature: signWith(identityKey(memberId), tipOfficerBytes(networkId, key)) };
}

export function gatewayOf({ networkId }: Founded, memberId: string, byte = "ab"): TipGatewayRequest {
  const key = { memberId: idOf(memberId), receiptKey: byte.repeat(32) };
  return { ...key, keySignature: signWith(identityKey(memberId), tipGatewayBytes(networkId, key)) };
}

export function rootOf(tipHour: number, byte = "0a"): TipRootRequest {
  return { tipHour, root: byte.repeat(32), leafCount: TIP_LEAVES };
}

/** A network on which three members have case officers. */
export async function foundWithOfficers(): Promise<Founded> {
  const founded = await found();
  for (const [i, memberId] of ["ch", "jp", "ke"].entries()) {
    const request = officerOf(founded, memberId, i + 1);
    await founded.ledger.submit(identity(memberId, "officer"), "bounty:RegisterOfficer", request);
  }
  return founded;
}

/** `foundWithOfficers`, with an opening that Switzerland's officer has asked for. */
export async function foundWithRequest(): Promise<Founded> {
  const founded = await foundWithOfficers();
  const request = { cellHash, reason: "a credible tip about bern-1" };
  await founded.ledger.submit(identity("ch", "officer"), "bounty:RequestOpening", request);
  return founded;
}
