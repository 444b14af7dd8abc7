import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
  canonicalString,
  checkpointText,
  decisionBytes,
  encodeBundle,
  encodeEntry,
  epochRecordBytes,
  fields,
  hostClaimBytes,
  hostIdOf,
  nonceEpochOf,
  parseMemberId,
  parseSiteId,
  peerClaimBytes,
  peerIdOf,
  proposalBytes,
  recordRoot,
  sha256,
  statementDigest,
  toHex,
  treeHash,
} from "../src/index.ts";
import {
  epochRecord,
  genesisBytes,
  groupKey,
  makeBundle,
  networkId,
  origin,
  publicKey,
  segmentOf,
} from "./fixture.ts";

const file = new URL("../../../../test/vectors/comity/formats.json", import.meta.url);

/** Every format of the README on one fixed network. A value that changes is a new protocol version. */
export function formats(): Record<string, string> {
  const bundle = makeBundle();
  const { segment, records } = segmentOf("host-a", 0);
  const digest = statementDigest({ networkId, groupKey, kind: "alert", keyEpoch: 1 }, bundle.statement);
  const [decision] = bundle.decisions;
  assert.ok(decision);
  return {
    fields: toHex(fields("comity/v1/example", Uint8Array.of(1, 2), "")),
    genesis: new TextDecoder().decode(genesisBytes),
    networkId,
    origin,
    hostId: hostIdOf(publicKey("host-a")),
    records: toHex(records),
    recordRoot: toHex(recordRoot(records)),
    segment: toHex(segment),
    entry: toHex(encodeEntry({ receivedMs: 1_767_225_601_000, flags: 3, segment })),
    checkpoint: bundle.checkpoint,
    nonceEpoch: toHex(nonceEpochOf(checkpointText({ origin, size: 0, root: treeHash([]) }))),
    statement: canonicalString(bundle.statement),
    statementDigest: toHex(digest),
    signature: bundle.signature,
    decisionBytes: toHex(decisionBytes(networkId, digest, decision)),
    epochRecordBytes: toHex(epochRecordBytes(networkId, epochRecord)),
    proposalBytes: toHex(
      proposalBytes(networkId, digest, { memberIndex: 2, expiresAtMs: 1_767_225_602_000 }),
    ),
    peerId: peerIdOf(publicKey("peer-alice")),
    peerClaimBytes: toHex(peerClaimBytes(networkId, parseMemberId("xa"), peerIdOf(publicKey("peer-alice")))),
    hostClaimBytes: toHex(
      hostClaimBytes(networkId, parseSiteId("acme-north"), hostIdOf(publicKey("host-a"))),
    ),
    bundleSha256: toHex(sha256(encodeBundle(bundle))),
  };
}

describe("frozen vectors", () => {
  const frozen = JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;

  for (const [name, value] of Object.entries(formats())) {
    it(`give the same ${name}`, () => assert.equal(value, frozen[name]));
  }
});
