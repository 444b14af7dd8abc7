import assert from "node:assert/strict";
import fc from "fast-check";
import {
  CanonicalError,
  CheckpointError,
  DecodeError,
  DomainError,
  decodeDecision,
  encodeCanonical,
  proposalBytes,
  type ProposalMessage,
  summaryBytes,
  topicNames,
  topics,
  type TopicName,
  utf8,
} from "../src/index.ts";
import { makeBundle, networkId, origin } from "./fixture.ts";

const bundle = makeBundle();
const [decision] = bundle.decisions;
const hash = "ab".repeat(32);
const refusalDecision = {
  memberIndex: 2,
  decision: "refuse",
  reason: "APPRAISAL_BOUND",
  logPosition: 1,
  partialHash: "00".repeat(32),
  signature: "cd".repeat(64),
};
const proposal = {
  type: "comity/v1/proposal",
  memberIndex: 1,
  kind: "alert",
  keyEpoch: 1,
  statement: bundle.statement,
  expiresAtMs: 5,
  signature: "ab".repeat(64),
};
const summary = {
  type: "comity/v1/summary",
  memberId: "xa",
  origin,
  interval: { startMs: 1, endMs: 2 },
  segments: 1,
  records: 6,
  accelerators: 1,
  flopLeast: "5",
  size: 1,
  root: hash,
  signature: "ab".repeat(64),
};

const duty = {
  type: "comity/v1/duty",
  kind: "digest",
  keyEpoch: 1,
  statement: {
    type: "comity/v1/digest",
    registry: "venues",
    ledger: { height: 1, blockHash: hash, timeMs: 1 },
    size: 0,
    root: hash,
  },
  partial: "ab".repeat(96),
  decision,
};
const designation = { type: "comity/v1/designation", venueId: "01JD000000000000000000000A", rev: 4 };

/** The compiler asks for an example of every topic. */
const examples: { [N in TopicName]: Uint8Array } = {
  checkpoint: utf8(bundle.checkpoint),
  summary: encodeCanonical(summary),
  proposal: encodeCanonical(proposal),
  partial: encodeCanonical({
    type: "comity/v1/partial",
    digest: hash,
    keyEpoch: 1,
    partial: "ab".repeat(96),
    decision,
  }),
  refusal: encodeCanonical({ type: "comity/v1/refusal", digest: hash, decision: refusalDecision }),
  equivocation: encodeCanonical({
    type: "comity/v1/equivocation",
    first: bundle.checkpoint,
    second: bundle.checkpoint,
  }),
  duty: encodeCanonical(duty),
};

describe("gossip messages", () => {
  for (const name of topicNames) {
    it(`decode on ${name}`, () => assert.ok(topics[name].decode(examples[name])));

    it(`are refused on ${name} with a byte too many, oversized, or random`, () => {
      const decode = (bytes: Uint8Array): unknown => topics[name].decode(bytes);
      assert.throws(
        () => decode(Buffer.concat([examples[name], Buffer.alloc(topics[name].maxBytes)])),
        DomainError,
      );
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
          assert.throws(
            () => decode(bytes),
            (error) =>
              error instanceof DecodeError ||
              error instanceof CanonicalError ||
              error instanceof CheckpointError,
          );
        }),
      );
    });
  }

  it("bind a proposal to its digest, proposer and expiry", () => {
    const digest = new Uint8Array(32);
    const bytes = proposalBytes(networkId, digest, proposal);
    for (const change of [{ memberIndex: 2 }, { expiresAtMs: 6 }]) {
      assert.notDeepEqual(proposalBytes(networkId, digest, { ...proposal, ...change }), bytes);
    }
    const decoded: ProposalMessage = topics.proposal.decode(examples.proposal);
    assert.deepEqual(decoded.statement, bundle.statement);
  });

  it("carry a duty whose statement is one of its kind", () => {
    const decode = (change: object): unknown => topics.duty.decode(encodeCanonical({ ...duty, ...change }));
    const statement = { ...designation, documentHash: hash };

    assert.ok(decode({ kind: "designation", statement }));
    for (const kind of ["delisting", "digest", "alert"])
      assert.throws(() => decode({ kind, statement }), DecodeError);
    assert.throws(() => decode({ kind: "designation" }), DecodeError);
  });

  it("sign a summary without its signature", () => {
    const decoded = topics.summary.decode(examples.summary);
    assert.deepEqual(
      summaryBytes(networkId, decoded),
      summaryBytes(networkId, { ...decoded, signature: "" }),
    );
    assert.notDeepEqual(
      summaryBytes(networkId, decoded),
      summaryBytes(networkId, { ...decoded, records: 7 }),
    );
  });
});

describe("decisions", () => {
  it("either sign with a partial or refuse with a reason", () => {
    assert.ok(decodeDecision(decision));
    assert.ok(decodeDecision(refusalDecision));
    assert.throws(() => decodeDecision({ ...refusalDecision, reason: "" }), DecodeError);
    assert.throws(() => decodeDecision({ ...decision, reason: "BECAUSE" }), DecodeError);
    assert.throws(() => decodeDecision({ ...decision, partialHash: "00".repeat(32) }), DecodeError);
    assert.throws(() => decodeDecision({ ...refusalDecision, partialHash: hash }), DecodeError);
  });
});
