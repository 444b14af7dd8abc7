import { fields, fromHex, sha256, toHex } from "./bytes.ts";
import { encodeCanonical } from "./canonical.ts";
import { type Decoded, hex, integer, list, literal, nullable, object } from "./decode.ts";
import { type Ed25519Verify, verifyEd25519 } from "./ed25519.ts";
import { DomainError } from "./errors.ts";
import { faultBound, type Genesis, MAX_MEMBERS } from "./genesis.ts";
import { memberId, networkId, type NetworkId } from "./ids.ts";

export type EpochErrorCode = "EPOCH_CHAIN" | "EPOCH_MEMBERS" | "EPOCH_SIGNATURES";
export class EpochError extends DomainError<EpochErrorCode> {}

const epochMember = object({
  index: integer(1, MAX_MEMBERS),
  memberId,
  identityKey: hex(32),
  publicShare: hex(48),
});

export const epochRecord = object({
  type: literal("comity/v1/epoch-record"),
  networkId,
  keyEpoch: integer(1, Number.MAX_SAFE_INTEGER),
  groupKey: hex(48),
  threshold: integer(1, MAX_MEMBERS),
  members: list(epochMember, MAX_MEMBERS, 4),
  transcriptHash: hex(32),
  previous: nullable(hex(32)),
});

export const signedEpochRecord = object({
  record: epochRecord,
  signatures: list(object({ index: integer(1, MAX_MEMBERS), signature: hex(64) }), MAX_MEMBERS),
});

/** Who holds a share of the group key, and from when on. */
export type EpochRecord = Decoded<typeof epochRecord>;
export type SignedEpochRecord = Decoded<typeof signedEpochRecord>;

/** SHA-256 of the canonical record. */
export function epochRecordHash(record: EpochRecord): Uint8Array {
  return sha256(encodeCanonical(record));
}

/** The bytes that a member signs with its identity key to vouch for a record. */
export function epochRecordBytes(network: NetworkId, record: EpochRecord): Uint8Array {
  return fields("comity/v1/epoch-record", fromHex(network, 32), epochRecordHash(record));
}

/** Statement with which the members' partial signatures bring a key into force. */
export function activationStatement(attempt: number, record: EpochRecord): ActivationStatement {
  return { type: "comity/v1/activation", attempt, epochRecordHash: toHex(epochRecordHash(record)) };
}

export interface ActivationStatement {
  readonly type: "comity/v1/activation";
  readonly attempt: number;
  readonly epochRecordHash: string;
}

/** Who may vouch for a record: the members of the record before it, or of genesis for the first. */
export type Signatories = readonly {
  readonly index: number;
  readonly memberId: string;
  readonly identityKey: string;
}[];

/**
 * Follows the chain of epoch records from genesis. Until members may join, every record names genesis' members.
 * @returns the records, oldest first
 * @throws EpochError
 */
export function verifyEpochChain(
  genesis: Genesis,
  network: NetworkId,
  chain: readonly SignedEpochRecord[],
  verify: Ed25519Verify = verifyEd25519,
): EpochRecord[] {
  let signatories: Signatories = genesis.members;
  let previous: string | null = null;
  chain.forEach((signed, position) => {
    assertLink(signed.record, { network, keyEpoch: position + 1, previous });
    assertMembers(signed.record, genesis);
    assertSignatures(network, signed, signatories, verify);
    signatories = signed.record.members;
    previous = toHex(epochRecordHash(signed.record));
  });
  return chain.map((signed) => signed.record);
}

function assertLink(
  record: EpochRecord,
  expected: { network: NetworkId; keyEpoch: number; previous: string | null },
): void {
  const isNext = record.keyEpoch === expected.keyEpoch && record.previous === expected.previous;
  if (record.networkId !== expected.network || !isNext) {
    throw new EpochError(
      "EPOCH_CHAIN",
      `epoch record ${record.keyEpoch} does not follow from the one before`,
    );
  }
}

function assertMembers(record: EpochRecord, genesis: Genesis): void {
  const isSame =
    genesis.members.length === record.members.length &&
    genesis.members.every((member, i) => {
      const other = record.members[i];
      return (
        other?.index === member.index &&
        other.memberId === member.memberId &&
        other.identityKey === member.identityKey
      );
    });
  if (!isSame)
    throw new EpochError("EPOCH_MEMBERS", `epoch record ${record.keyEpoch} names other members than genesis`);
  if (record.threshold !== genesis.threshold) {
    throw new EpochError(
      "EPOCH_MEMBERS",
      `epoch record ${record.keyEpoch} has another threshold than genesis`,
    );
  }
}

/** At least n−f signatures by distinct signatories in ascending order, each of them valid. */
function assertSignatures(
  network: NetworkId,
  signed: SignedEpochRecord,
  signatories: Signatories,
  verify: Ed25519Verify,
): void {
  const bytes = epochRecordBytes(network, signed.record);
  let last = 0;
  for (const { index, signature } of signed.signatures) {
    const signatory = signatories.find((member) => member.index === index);
    const isValid = signatory && verify(fromHex(signatory.identityKey, 32), bytes, fromHex(signature, 64));
    if (index <= last || !isValid) {
      throw new EpochError(
        "EPOCH_SIGNATURES",
        `epoch record ${signed.record.keyEpoch} has a bad signature of member ${index}`,
      );
    }
    last = index;
  }
  const needed = signatories.length - faultBound(signatories.length);
  if (signed.signatures.length < needed) {
    throw new EpochError(
      "EPOCH_SIGNATURES",
      `epoch record ${signed.record.keyEpoch} needs ${needed} signatures`,
    );
  }
}
