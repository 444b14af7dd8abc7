import assert from "node:assert/strict";
import fc from "fast-check";
import type { Decision, PartialMessage, ProposalMessage, RefusalMessage } from "@comity/protocol";
import { expiryOf, nextPhases, type Session, type SessionEvent, step } from "../../src/signing/session.ts";
import { proposalStatus, waitsFor } from "../../src/signing/proposalStatus.ts";

const digest = "ab".repeat(32);
const expiresAtMs = 1_000;
const latestMs = 100_000;
const proposal = {
  memberIndex: 1,
  kind: "alert",
  keyEpoch: 1,
  expiresAtMs,
  statement: { subject: {}, window: {} },
} as unknown as ProposalMessage;

function fresh(): Session {
  return {
    phase: "collecting",
    digest,
    proposal,
    renewal: proposal,
    latestMs,
    threshold: 3,
    refusalsToClose: 3,
    partials: new Map(),
    refusals: new Map(),
  };
}

const partial = (memberIndex: number, of = digest): SessionEvent => ({
  type: "partial",
  message: { digest: of, decision: { memberIndex } as Decision } as PartialMessage,
});
const refusal = (memberIndex: number): SessionEvent => ({
  type: "refusal",
  message: { digest, decision: { memberIndex, reason: "APPRAISAL_RULE" } as Decision } as RefusalMessage,
});
const signature: SessionEvent = { type: "signature", signature: "cd".repeat(96) };
const proposed = (expiresAtMs: number, memberIndex = 2): SessionEvent => ({
  type: "proposal",
  message: { ...proposal, memberIndex, expiresAtMs },
});
const tick: SessionEvent = { type: "tick" };
const run = (events: SessionEvent[], now = 0): Session =>
  events.reduce((session, event) => step(session, event, now), fresh());

describe("step", () => {
  it("completes with a signature once enough members signed", () => {
    assert.equal(run([partial(1), partial(2), signature]).phase, "collecting");
    assert.equal(run([partial(1), partial(2), partial(3), signature]).phase, "complete");
  });

  it("closes on n−t+f+1 refusals", () => {
    assert.equal(run([refusal(1), refusal(2)]).phase, "collecting");
    assert.equal(run([refusal(1), refusal(2), refusal(3)]).phase, "refused");
  });

  it("expires with time, whatever comes in then", () => {
    assert.equal(step(fresh(), tick, expiresAtMs - 1).phase, "collecting");
    assert.equal(step(fresh(), tick, expiresAtMs).phase, "expired");
    assert.equal(step(fresh(), partial(1), expiresAtMs).phase, "expired");
  });

  it("is open for longer when it is proposed again, and keeps its first proposer", () => {
    const session = run([proposed(60_000)]);

    assert.equal(expiryOf(session), 60_000);
    assert.deepEqual([session.proposal.memberIndex, session.renewal.memberIndex], [1, 2]);
    assert.equal(expiryOf(run([proposed(60_000), proposed(61_000)])), 60_000);
  });

  it("is never open for longer than a proposal may live, whoever proposes it again", () => {
    const session = run([proposed(90_000), proposed(latestMs + 50_000, 3), proposed(latestMs + 90_000, 4)]);

    assert.equal(expiryOf(session), latestMs);
    assert.equal(session.renewal.memberIndex, 3);
    assert.equal(step(session, tick, latestMs).phase, "expired");
  });

  it("keeps a member's first decision", () => {
    const session = run([refusal(2), partial(2), partial(1), refusal(1)]);

    assert.deepEqual([[...session.partials.keys()], [...session.refusals.keys()]], [[1], [2]]);
  });

  it("leaves a session alone when a decision is about another digest", () => {
    const session = fresh();

    assert.equal(step(session, partial(1, "00".repeat(32)), 0), session);
  });

  it("never throws, changes phase only as the table says, and never leaves a terminal phase", () => {
    const member = fc.integer({ min: 1, max: 7 });
    const event = fc.oneof(
      member.map((index) => partial(index)),
      member.map((index) => refusal(index)),
      fc.constant(signature),
      fc.integer({ min: 0, max: 200_000 }).map((until) => proposed(until)),
      fc.constant(tick),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(event, fc.integer({ min: 0, max: 1_200 })), { maxLength: 30 }),
        (events) => {
          let session = fresh();
          for (const [next, now] of events) {
            const after = step(session, next, now);
            assert.ok(nextPhases[session.phase].includes(after.phase));
            if (session.phase !== "collecting") assert.equal(after, session);
            session = after;
          }
        },
      ),
    );
  });
});

describe("proposalStatus", () => {
  it("says who signed, who refused and why, who is missing and how many it takes", () => {
    const statement = {
      type: "comity/v1/alert",
      subject: { operatorId: "o", siteId: "s" },
      ledger: { height: 1, blockHash: "00".repeat(32) },
      window: { startMs: 1, endMs: 2 },
    };
    const session = {
      ...run([partial(3), refusal(1)]),
      proposal: { ...proposal, statement } as unknown as ProposalMessage,
    };

    const status = proposalStatus(session, 4);

    assert.deepEqual(status.signed, [3]);
    assert.deepEqual(status.refused, [{ memberIndex: 1, reason: "APPRAISAL_RULE" }]);
    assert.deepEqual([status.missing, status.needed], [[2, 4], 3]);
    assert.equal(
      waitsFor(status, (index) => `x${index}`),
      "2 more of x2, x4 to sign: 1 of 3 have",
    );
    assert.equal(waitsFor({ ...status, signed: [1, 3, 4] }, String), "its partial signatures to be combined");
  });
});
