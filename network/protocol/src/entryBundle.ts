import { decodeCanonical, encodeCanonical } from "./canonical.ts";
import { type Decoded, type Decoder, hex, integer, list, literal, nullable, object, text } from "./decode.ts";
import { type SignedEpochRecord, signedEpochRecord } from "./epoch.ts";
import { DomainError } from "./errors.ts";
import { type Genesis, genesisId, validateGenesis } from "./genesis.ts";
import type { NetworkId } from "./ids.ts";
import { type VenueDocument, venueDocument } from "./ledger/designation.ts";
import { type DigestRequest, digestRequest } from "./ledger/digestDocument.ts";
import type { RegistryTree } from "./registry.ts";

export type EntryBundleErrorCode =
  | "ENTRY_FORM"
  | "ENTRY_GENESIS"
  | "ENTRY_ID"
  | "ENTRY_EPOCH"
  | "ENTRY_SIGNATURE"
  | "ENTRY_INCLUSION"
  | "ENTRY_ABSENCE"
  | "ENTRY_CASE"
  | "ENTRY_STALE";
export class EntryBundleError extends DomainError<EntryBundleErrorCode> {}

export const MAX_ENTRY_BUNDLE_BYTES = 16 * 1024 * 1024;

/** A ledger document, in whatever registry; the verifier decodes it once it knows which. */
const anyDocument: Decoder<unknown> = (value) => value;
const entryId = text(128);
const place = { document: anyDocument, index: integer(0, Number.MAX_SAFE_INTEGER), proof: list(hex(32), 64) };
const neighbour = object({ id: entryId, ...place });

const entryBundle = object({
  type: literal("comity/v1/entry-bundle"),
  genesis: validateGenesis,
  epochs: list(signedEpochRecord, 10_000, 1),
  digest: digestRequest,
  id: entryId,
  entry: nullable(object(place)),
  before: nullable(neighbour),
  after: nullable(neighbour),
  decided: list(venueDocument, 2),
});

/** Everything that shows, offline, what a registry that the coalition signed says of an id: its entry, or that there is none. */
export type EntryBundle = Decoded<typeof entryBundle>;

export function encodeEntryBundle(value: EntryBundle): Uint8Array {
  return encodeCanonical(value);
}

/** @throws EntryBundleError ENTRY_FORM */
export function decodeEntryBundle(bytes: Uint8Array): EntryBundle {
  const value = refuseEntryAs("ENTRY_FORM", () =>
    entryBundle(decodeCanonical(bytes, MAX_ENTRY_BUNDLE_BYTES)),
  );
  const { entry, before, after, decided } = value;
  const isPresence = entry !== null && before === null && after === null;
  const isAbsence = entry === null && decided.length === 0;
  if (!isPresence && !isAbsence)
    throw new EntryBundleError("ENTRY_FORM", "a bundle shows either an entry or the neighbours of none");
  return value;
}

const TYPE_AT_END = '"type":"comity/v1/entry-bundle"}';

/** Whether bytes claim to be an entry bundle: in canonical JSON its type comes last. */
export function isEntryBundle(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.subarray(-TYPE_AT_END.length)) === TYPE_AT_END;
}

/** The genesis fingerprint that a bundle claims. It proves nothing: compare it with one from elsewhere. @throws EntryBundleError */
export function claimedEntryGenesis(bytes: Uint8Array): NetworkId {
  return genesisId(encodeCanonical(decodeEntryBundle(bytes).genesis));
}

/** A registry as its digest describes it, and what ties the digest to genesis. */
export interface SignedRegistry {
  readonly genesis: Genesis;
  readonly epochs: readonly SignedEpochRecord[];
  readonly digest: DigestRequest;
  readonly tree: RegistryTree;
  /** The document of an id that is in the tree. */
  readonly document: (id: string) => unknown;
}

/** Revisions of a listed case that its bundle needs: those which the coalition's signatures in it name. */
export function decidedRevisions({ listing, delisting }: VenueDocument): number[] {
  return [listing, delisting].flatMap((decision) => (decision === null ? [] : [decision.signed.rev]));
}

/**
 * The bundle of an id. `decided` are a listed case's documents at `decidedRevisions`; of anything else there are none.
 * @throws EntryBundleError ENTRY_STALE where the tree is not the digest's
 */
export function makeEntryBundle(
  registry: SignedRegistry,
  id: string,
  decided: readonly VenueDocument[],
): EntryBundle {
  const { genesis, digest, tree } = registry;
  if (tree.root !== digest.statement.root || tree.size !== digest.statement.size)
    throw new EntryBundleError("ENTRY_STALE", "the registry has changed since this digest was signed");
  const found = tree.prove(id);
  const { before, after } = tree.neighbours(id) ?? { before: undefined, after: undefined };
  const entry = found === undefined ? null : { document: registry.document(id), ...found };
  const lastEpoch = newestEpoch(digest, entry?.document);
  return {
    type: "comity/v1/entry-bundle",
    genesis,
    epochs: registry.epochs.filter(({ record }) => record.keyEpoch <= lastEpoch),
    digest,
    id,
    entry,
    before: neighbourAt(registry, before),
    after: neighbourAt(registry, after),
    decided,
  };
}

function neighbourAt({ tree, document }: SignedRegistry, id: string | undefined): EntryBundle["before"] {
  const found = id === undefined ? undefined : tree.prove(id);
  return id === undefined || found === undefined ? null : { id, document: document(id), ...found };
}

/** The newest key epoch of the signatures in a bundle: its chain of epoch records ends there, since more would be bound to nothing. */
export function newestEpoch({ keyEpoch, statement }: DigestRequest, document: unknown): number {
  if (statement.registry !== "venues" || document === undefined) return keyEpoch;
  const { listing, delisting } = venueDocument(document);
  return Math.max(keyEpoch, listing?.signed.keyEpoch ?? 0, delisting?.signed.keyEpoch ?? 0);
}

/** Runs a check; whatever it throws becomes our error with this code. */
export function refuseEntryAs<T>(code: EntryBundleErrorCode, check: () => T): T {
  try {
    return check();
  } catch (cause) {
    if (cause instanceof EntryBundleError) throw cause;
    throw new EntryBundleError(code, cause instanceof Error ? cause.message : "unknown", { cause });
  }
}
