import { type LedgerClient, readAll } from "@comity/ledger";
import {
  bondDocument,
  bondEntries,
  decidedRevisions,
  type Decoder,
  digestDocument,
  type EntryBundle,
  EntryBundleError,
  type Genesis,
  list,
  makeEntryBundle,
  object,
  type RegistryEntry,
  type RegistryName,
  RegistryTree,
  signedEpochRecord,
  type VenueDocument,
  venueDocument,
  venueEntries,
} from "@comity/protocol";

const epochsView = object({ epochs: list(signedEpochRecord, 10_000) });

/**
 * The bundle of an id in a registry, from what the ledger answers; whoever uses it verifies it. Undefined while the newest change of the
 * registry is not signed yet: ask again.
 */
export async function readEntryBundle(
  ledger: LedgerClient,
  genesis: Genesis,
  registry: RegistryName,
  id: string,
): Promise<EntryBundle | undefined> {
  const { keyEpoch, statement, signature } = await ask(ledger, digestDocument, "digest:Read", registry);
  const { epochs } = await ask(ledger, epochsView, "coalition:ReadEpochs");
  const entries = await readEntries(ledger, registry);
  const documents = new Map(entries.map((entry) => [entry.id, entry.document]));
  const signed = {
    ...{ genesis, epochs, digest: { keyEpoch, statement, signature } },
    tree: new RegistryTree(registry, entries),
    document: (wanted: string) => documents.get(wanted),
  };
  const decided = registry === "venues" ? await readDecided(ledger, documents.get(id)) : [];
  try {
    return makeEntryBundle(signed, id, decided);
  } catch (error) {
    if (error instanceof EntryBundleError && error.code === "ENTRY_STALE") return undefined;
    throw error;
  }
}

async function readEntries(ledger: LedgerClient, registry: RegistryName): Promise<RegistryEntry[]> {
  return registry === "venues"
    ? venueEntries(await readAll(ledger, "designation:List", venueDocument))
    : bondEntries(await readAll(ledger, "bond:List", bondDocument));
}

/** The case as it was when the members had decided, which is what the coalition signed. */
async function readDecided(ledger: LedgerClient, document: unknown): Promise<VenueDocument[]> {
  if (document === undefined) return [];
  const venue = venueDocument(document);
  const revisions = decidedRevisions(venue).map((rev) =>
    ask(ledger, venueDocument, "designation:ReadRevision", venue.venueId, String(rev)),
  );
  return Promise.all(revisions);
}

async function ask<T>(
  ledger: LedgerClient,
  decode: Decoder<T>,
  transaction: string,
  ...args: string[]
): Promise<T> {
  return decode(JSON.parse(Buffer.from(await ledger.evaluate(transaction, ...args)).toString()));
}
