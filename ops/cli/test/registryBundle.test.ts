import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { LedgerClient } from "@comity/ledger";
import { canonicalString, decodeEntryBundle, type EntryBundle, RegistryTree, utf8 } from "@comity/protocol";
import { readEntryBundle } from "../src/registryBundle.ts";

const file = join(import.meta.dirname, "../../../../test/vectors/comity/registry.json");
const { listedBundle = "" } = JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;
const whole = decodeEntryBundle(utf8(listedBundle));

/** A ledger whose registry of venues holds just the case of the vector. */
function ledgerOf(bundle: EntryBundle, digest: object = {}): LedgerClient {
  const [decided] = bundle.decided;
  const answers: Record<string, unknown> = {
    "digest:Read": { schemaVersion: 1, rev: 1, ...bundle.digest, ...digest },
    "coalition:ReadEpochs": { epochs: bundle.epochs },
    "designation:List": { items: [bundle.entry?.document, decided], bookmark: "" },
    "designation:ReadRevision": decided,
  };
  const evaluate = (transaction: string): Promise<Uint8Array> =>
    Promise.resolve(utf8(canonicalString(answers[transaction])));
  return { evaluate } as unknown as LedgerClient;
}

describe("readEntryBundle", () => {
  const { statement } = whole.digest;
  const alone = { statement: { ...statement, size: 1, root: rootOfOne() } };

  it("brings a listed case with what the members had decided, and no case that is not listed", async () => {
    const bundle = await readEntryBundle(ledgerOf(whole, alone), whole.genesis, "venues", whole.id);

    assert.deepEqual(bundle?.entry, { ...whole.entry, index: 0, proof: [] });
    assert.deepEqual(bundle.decided, whole.decided);
  });

  it("brings the neighbours of an id that is not there", async () => {
    const absent = "01JD000000000000000000000Z";
    const bundle = await readEntryBundle(ledgerOf(whole, alone), whole.genesis, "venues", absent);

    assert.deepEqual([bundle?.entry, bundle?.before?.id, bundle?.after], [null, whole.id, null]);
  });

  it("brings nothing while the newest change is not signed yet", async () => {
    assert.equal(await readEntryBundle(ledgerOf(whole), whole.genesis, "venues", whole.id), undefined);
  });
});

function rootOfOne(): string {
  const entry = { id: whole.id, document: whole.entry?.document };
  return new RegistryTree("venues", [entry]).root;
}
