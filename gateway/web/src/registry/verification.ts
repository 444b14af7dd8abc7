import {
  canonicalString,
  EntryBundleError,
  nobleBls,
  RegistryTree,
  type VerifiedEntry,
  verifyEntryBundle,
} from "@comity/protocol";
import { broken } from "../verdict.ts";
import type {
  EntryJob,
  EntryVerdict,
  ListJob,
  ListVerdict,
  RegistryBroken,
  RegistryDocument,
} from "./verdict.ts";

/** Checks that a list is the whole of what the coalition signed: a hidden, a changed and an invented entry give another root. */
export function verifyList(job: ListJob): ListVerdict {
  return unlessBroken(() => {
    const { digest } = verifiedBundle(job);
    const differs = listDifference(job, digest);
    if (differs !== undefined) return broken("LIST_DIFFERS", differs);
    return rolledBack(digest.ledger.height, job.notBefore) ?? { isVerified: true, digest };
  });
}

/** Checks what the signed registry says of one id, and that the list says the same. A digest that is newer than the list's is fine. */
export function verifyEntryShown(job: EntryJob): EntryVerdict {
  return unlessBroken(() => {
    const entry = verifiedBundle(job);
    const { height } = entry.digest.ledger;
    const isSame = canonicalString(entry.answer.document) === canonicalString(job.document);
    if (height === job.height && !isSame)
      return broken("LIST_DIFFERS", "the list says something else of this entry than the proof");
    const verified = { isVerified: true, entry, sizeBytes: job.bundle.length } as const;
    return rolledBack(height, job.height) ?? verified;
  });
}

export function idOf(document: RegistryDocument): string {
  return "bondId" in document ? document.bondId : document.venueId;
}

function verifiedBundle(job: ListJob | EntryJob): VerifiedEntry {
  const id = job.kind === "entry" ? { id: job.id } : {};
  const entry = verifyEntryBundle(job.bundle, { genesis: job.genesis, bls: nobleBls, ...id });
  if (entry.digest.registry === job.registry) return entry;
  throw new EntryBundleError("ENTRY_ID", `the proof is about the registry ${entry.digest.registry}`);
}

function listDifference(
  { registry, documents }: ListJob,
  digest: { readonly size: number; readonly root: string },
): string | undefined {
  if (documents.length !== digest.size)
    return `the coalition signed ${digest.size} entries, and the list has ${documents.length}`;
  const ids = new Set(documents.map(idOf));
  if (ids.size !== documents.length) return "an entry occurs twice in the list";
  const tree = new RegistryTree(
    registry,
    documents.map((document) => ({ id: idOf(document), document })),
  );
  return tree.root === digest.root
    ? undefined
    : "the list hashes to another root than the one that was signed";
}

function rolledBack(height: number, notBefore: number): RegistryBroken | undefined {
  if (height >= notBefore) return undefined;
  return broken(
    "LIST_ROLLED_BACK",
    `the proof is of block ${height}, and one of block ${notBefore} was shown before`,
  );
}

function unlessBroken<V>(check: () => V | RegistryBroken): V | RegistryBroken {
  try {
    return check();
  } catch (error) {
    if (error instanceof EntryBundleError) return broken(error.code, error.message);
    return broken("CHECK_FAILED", error instanceof Error ? error.message : String(error));
  }
}
