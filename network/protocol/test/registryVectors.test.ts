import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
  caseKind,
  caseStatement,
  canonicalString,
  decisionBytes,
  encodeEntryBundle,
  partialHashOf,
  registryLeaf,
  RegistryTree,
  sha256,
  statementDigest,
  toHex,
  utf8,
} from "../src/index.ts";
import { groupKey, networkId } from "./fixture.ts";
import {
  absentBundle,
  delistedBundle,
  delistingDecided,
  designated,
  listed,
  listedBundle,
  ulid,
} from "./registryFixture.ts";

const file = new URL("../../../../test/vectors/comity/registry.json", import.meta.url);

/** Every format of registries and their bundles on the fixed network. A value that changes is a new protocol version. */
export function registryFormats(): Record<string, string> {
  const decided = designated(ulid("B"));
  const { digest } = listedBundle();
  const statements = [caseStatement(decided)!, caseStatement(delistingDecided(listed(decided)))!];
  const digestOf = (kind: "designation" | "delisting" | "digest", statement: unknown): string =>
    toHex(statementDigest({ networkId, groupKey, kind, keyEpoch: 1 }, statement));
  const [designation, delisting] = statements.map((statement) => digestOf(caseKind(statement), statement));
  const entry = { id: "01JD000000000000000000000B", document: { rev: 1 } };
  const unsigned = { memberIndex: 1, decision: "sign", reason: "", logPosition: 3 } as const;
  const partialHash = partialHashOf(utf8("partial of alice"));
  const signedDigest = sha256(utf8("digest"));
  return {
    venueLeaf: toHex(registryLeaf("venues", entry)),
    bondLeaf: toHex(registryLeaf("bonds", entry)),
    emptyRoot: new RegistryTree("venues", []).root,
    venuesRoot: digest.statement.root,
    digestStatement: canonicalString(digest.statement),
    digestDigest: digestOf("digest", digest.statement),
    digestSignature: digest.signature,
    designationStatement: canonicalString(statements[0]),
    designationDigest: designation ?? "",
    delistingStatement: canonicalString(statements[1]),
    delistingDigest: delisting ?? "",
    dutyDecisionBytes: toHex(decisionBytes(networkId, signedDigest, { ...unsigned, partialHash })),
    listedBundle: canonicalString(listedBundle()),
    delistedBundleSha256: toHex(sha256(encodeEntryBundle(delistedBundle()))),
    absentBundleSha256: toHex(sha256(encodeEntryBundle(absentBundle()))),
  };
}

describe("frozen vectors of registries", () => {
  const frozen = JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;

  for (const [name, value] of Object.entries(registryFormats())) {
    it(`give the same ${name}`, () => assert.equal(value, frozen[name]));
  }
});
