import {
  type Decoded,
  decodeCanonical,
  DomainError,
  type Ed25519Verify,
  faultBound,
  fields,
  fromHex,
  hex,
  integer,
  list,
  literal,
  MAX_MEMBERS,
  type NetworkId,
  networkId,
  object,
  tipHourNumber,
  u64,
  verifyEd25519,
} from "@comity/protocol";
import type { KnownNetwork, TipPlace } from "./receipt.ts";

export type CertificateErrorCode = "CERTIFICATE_NETWORK" | "CERTIFICATE_SIGNATURE" | "CERTIFICATE_TOO_FEW";
export class CertificateError extends DomainError<CertificateErrorCode> {}

const MAX_CERTIFICATE_BYTES = 64 * 1024;

/** That members hold a whole cell on their disks: nobody alone can bury it any more. */
export const tipCertificate = object({
  type: literal("comity/v1/tip-certificate"),
  networkId,
  cellHash: hex(32),
  tipHour: tipHourNumber,
  signatures: list(object({ index: integer(1, MAX_MEMBERS), signature: hex(64) }), MAX_MEMBERS, 1),
});
export type TipCertificate = Decoded<typeof tipCertificate>;

/** What a member signs with its identity key when a cell is on its disk. */
export function storedBytes(network: NetworkId, { cellHash, tipHour }: TipPlace): Uint8Array {
  return fields("comity/v1/tip-stored", fromHex(network), fromHex(cellHash, 32), u64(tipHour));
}

/** At least one of these many members is honest. */
export function leastCopies(memberCount: number): number {
  return faultBound(memberCount) + 1;
}

/** @throws CanonicalError, DecodeError */
export function decodeCertificate(bytes: Uint8Array): TipCertificate {
  return tipCertificate(decodeCanonical(bytes, MAX_CERTIFICATE_BYTES));
}

/** Throws unless f + 1 members of this network say that they hold the cell. Gives their ids. @throws CertificateError */
export function verifyCertificate(
  certificate: TipCertificate,
  { networkId: network, genesis }: KnownNetwork,
  verify: Ed25519Verify = verifyEd25519,
): string[] {
  if (certificate.networkId !== network) {
    throw new CertificateError("CERTIFICATE_NETWORK", "the certificate is of another network");
  }
  const bytes = storedBytes(network, certificate);
  let last = 0;
  const holders = certificate.signatures.map(({ index, signature }) => {
    const member = genesis.members.find((each) => each.index === index);
    const isNext = index > last;
    last = index;
    if (member && isNext && verify(fromHex(member.identityKey, 32), bytes, fromHex(signature, 64))) {
      return member.memberId;
    }
    const problem = `the signature of member ${index} is repeated, out of order or not its own`;
    throw new CertificateError("CERTIFICATE_SIGNATURE", problem);
  });
  const least = leastCopies(genesis.members.length);
  if (holders.length >= least) return holders;
  throw new CertificateError(
    "CERTIFICATE_TOO_FEW",
    `${holders.length} members hold the cell, it takes ${least}`,
  );
}
