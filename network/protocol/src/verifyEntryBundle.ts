import type { BlsVerifier } from "./bls/verifier.ts";
import { encodeCanonical } from "./canonical.ts";
import { type Ed25519Verify, verifyEd25519 } from "./ed25519.ts";
import {
  decodeEntryBundle,
  type EntryBundle,
  EntryBundleError,
  newestEpoch,
  refuseEntryAs,
} from "./entryBundle.ts";
import { type EpochRecord, verifyEpochChain } from "./epoch.ts";
import { type Genesis, genesisId } from "./genesis.ts";
import { verifiedDigest } from "./groupSignature.ts";
import type { NetworkId } from "./ids.ts";
import { type BondDocument, bondDocument } from "./ledger/bond.ts";
import { type VenueDocument, venueDocument } from "./ledger/designation.ts";
import { type DigestStatement, type PlacedEntry, verifyAbsence, verifyEntry } from "./registry.ts";
import { type SignatureCheck, verifyCase } from "./verifyCase.ts";

/** What the registry says of the id; `null` where it has no such entry. */
export type RegistryAnswer =
  | { readonly registry: "venues"; readonly document: VenueDocument | null }
  | { readonly registry: "bonds"; readonly document: BondDocument | null };

export interface VerifiedEntry {
  readonly networkId: NetworkId;
  readonly genesis: Genesis;
  readonly groupKey: string;
  readonly id: string;
  readonly answer: RegistryAnswer;
  /** The registry as it was after the block that this names; nothing here shows what has happened since. */
  readonly digest: DigestStatement;
  /** A listed case when its members had voted to list it, then when they had voted to delist it. */
  readonly decided: readonly VenueDocument[];
}

export interface EntryTrust {
  /** SHA-256 of the genesis record, which the verifier must bring. */
  readonly genesis: string;
  readonly bls: BlsVerifier;
  readonly ed25519?: Ed25519Verify;
  /** The id that was asked for. Without it an absence says only that the id which the bundle itself names is not there. */
  readonly id?: string;
}

/**
 * Checks all of an entry bundle, in the order of README, "Entry bundle".
 * @example verifyEntryBundle(bytes, { genesis: "5f0c…", bls: nobleBls, id: "01JD…" }).answer.document
 * @throws EntryBundleError
 */
export function verifyEntryBundle(bytes: Uint8Array, trust: EntryTrust): VerifiedEntry {
  const value = decodeEntryBundle(bytes);
  const networkId = genesisId(encodeCanonical(value.genesis));
  assertAsked(value, networkId, trust);
  const records = epochsOf(value, networkId, trust.ed25519 ?? verifyEd25519);
  const hasSigned: SignatureCheck = (signed) =>
    records.some((record) => verifiedDigest(signed, record, { networkId, bls: trust.bls }) !== undefined);
  const { statement } = value.digest;
  if (!hasSigned({ kind: "digest", ...value.digest }))
    throw new EntryBundleError("ENTRY_SIGNATURE", "the coalition's key did not sign this digest");
  const answer = value.entry === null ? absence(value) : presence(value, value.entry);
  verifyDecided(answer, value.decided, hasSigned);
  const groupKey = records.at(-1)?.groupKey ?? "";
  const { genesis, id, decided } = value;
  return { networkId, genesis, groupKey, id, answer, digest: statement, decided };
}

function assertAsked(value: EntryBundle, networkId: NetworkId, { genesis, id }: EntryTrust): void {
  if (networkId !== genesis)
    throw new EntryBundleError("ENTRY_GENESIS", `the bundle is of network ${networkId}, not of ${genesis}`);
  if (id !== undefined && id !== value.id)
    throw new EntryBundleError("ENTRY_ID", `the bundle is about ${value.id}, not about ${id}`);
}

/** Of bonds and of what is not there, nobody signed anything beside the digest. */
function verifyDecided(
  answer: RegistryAnswer,
  decided: EntryBundle["decided"],
  hasSigned: SignatureCheck,
): void {
  if (answer.registry === "venues" && answer.document !== null)
    verifyCase(answer.document, decided, hasSigned);
  else if (decided.length > 0)
    throw new EntryBundleError("ENTRY_CASE", "only listed cases have decided documents");
}

/** The records back to genesis; the chain ends with the newest key epoch of a signature in the bundle. */
function epochsOf(value: EntryBundle, networkId: NetworkId, ed25519: Ed25519Verify): EpochRecord[] {
  const needed = refuseEntryAs("ENTRY_FORM", () => newestEpoch(value.digest, value.entry?.document));
  const records = refuseEntryAs("ENTRY_EPOCH", () =>
    verifyEpochChain(value.genesis, networkId, value.epochs, ed25519),
  );
  if (records.at(-1)?.keyEpoch !== needed)
    throw new EntryBundleError("ENTRY_EPOCH", "the chain does not end with the newest signature's key epoch");
  return records;
}

function presence(value: EntryBundle, entry: NonNullable<EntryBundle["entry"]>): RegistryAnswer {
  const { statement } = value.digest;
  const { document, index, proof } = entry;
  const answer = refuseEntryAs("ENTRY_FORM", () => decodeDocument(statement.registry, document));
  if (idOf(answer) !== value.id || !verifyEntry(statement, { id: value.id, document }, { index, proof }))
    throw new EntryBundleError("ENTRY_INCLUSION", `${value.id} does not stand so in the signed registry`);
  return answer;
}

function absence(value: EntryBundle): RegistryAnswer {
  const { statement } = value.digest;
  const [before, after] = [placedEntry(value.before), placedEntry(value.after)];
  if (!verifyAbsence(statement, value.id, { ...(before && { before }), ...(after && { after }) }))
    throw new EntryBundleError("ENTRY_ABSENCE", `it is not shown that ${value.id} is not in the registry`);
  return { registry: statement.registry, document: null };
}

function placedEntry(neighbour: EntryBundle["before"]): PlacedEntry | undefined {
  if (neighbour === null) return undefined;
  const { id, document, index, proof } = neighbour;
  return { entry: { id, document }, index, proof };
}

function decodeDocument(registry: DigestStatement["registry"], document: unknown): RegistryAnswer {
  return registry === "venues"
    ? { registry, document: venueDocument(document) }
    : { registry, document: bondDocument(document) };
}

function idOf(answer: RegistryAnswer): string | undefined {
  return answer.registry === "venues" ? answer.document?.venueId : answer.document?.bondId;
}
