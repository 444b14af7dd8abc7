import assert from "node:assert/strict";
import type { LedgerBlock } from "@comity/ledger";
import { type LedgerEvent, venueStatuses } from "@comity/protocol";
import type { Change } from "../../src/ledger/change.ts";
import { registryChanges } from "../../src/ledger/registryChange.ts";

const event = (type: LedgerEvent["type"]): LedgerEvent => ({
  type,
  subject: "x",
  rev: 1,
  hash: "ab".repeat(32),
});

function blockWith(...events: LedgerEvent[]): LedgerBlock {
  const transaction = { id: "t", validationCode: 0, timestampMs: 5_000, mspId: "M1", events };
  const invalid = { ...transaction, validationCode: 11, timestampMs: 9_999_999, events: [] };
  return {
    number: 7n,
    hash: "cd".repeat(32),
    previousHash: "ef".repeat(32),
    transactions: [transaction, invalid],
  };
}

const venue = (status: string): Change => ({ kind: "venue", value: { status } }) as unknown as Change;
const bond = { kind: "bond", value: {} } as unknown as Change;
const namesOf = (changes: readonly Change[]): string[] =>
  changes.flatMap((change) => (change.kind === "registry" ? [change.value.registry] : []));

describe("registryChanges", () => {
  it("begins both registries with the network", () => {
    assert.deepEqual(namesOf(registryChanges(blockWith(event("genesis")), [])), ["venues", "bonds"]);
  });

  it("names the block, and the newest time of a transaction that took effect", () => {
    assert.deepEqual(registryChanges(blockWith(event("bond-posted")), [bond]), [
      {
        kind: "registry",
        value: { registry: "bonds", ledger: { height: 7, blockHash: "cd".repeat(32), timeMs: 5_000 } },
      },
    ]);
  });

  it("counts a case only from when it is listed", () => {
    const counting = venueStatuses.filter(
      (status) => registryChanges(blockWith(event("venue-voted")), [venue(status)]).length > 0,
    );

    assert.deepEqual(counting, ["listed", "delisting", "delisting-decided", "delisted"]);
  });

  it("is empty for a block that changes neither", () => {
    assert.deepEqual(registryChanges(blockWith(event("digest-filed"), event("notice-filed")), []), []);
  });
});
