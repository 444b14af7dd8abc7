import assert from "node:assert/strict";
import fc from "fast-check";
import {
  alpine,
  insurable,
  offer,
  offered,
  readBond,
  surety,
  suretyOf,
  suretyProposal,
  toDay,
} from "../fixture/bonds.ts";
import type { Identity } from "../fixture/fakeStub.ts";
import { identity, MEMBER_IDS, mspOf, ulid } from "../fixture/coalition.ts";

const roles = ["officer", "node", "operator", "gateway", "inspector", "surety"];
/** Everybody whom the ledger could know, in every role, but the surety that the bond names. */
const others: readonly Identity[] = [
  alpine,
  suretyOf("StrangerMSP"),
  ...MEMBER_IDS.flatMap((member) => roles.map((role) => identity(member, role))),
  ...roles
    .filter((role) => role !== "surety")
    .map((role) => ({ ...surety, attributes: { "comity.role": role } })),
];

const calls: readonly (readonly [string, ...unknown[]])[] = [
  ["bond:Post", offer],
  ["bond:Accept", offer.bondId, "1"],
  ["bond:Accept", offer.bondId, "2"],
  ["bond:SweepDue", [offer.bondId]],
  ["bond:Release", offer.bondId],
  ["notice:Start", ulid("A")],
  ["notice:Complete", ulid("A")],
  ["checkpoint:Declare", { noticeId: ulid("A"), cadenceHours: 24 }],
  ["coalition:ProposeSurety", suretyProposal],
];

const step = fc.record({
  caller: fc.constantFrom(...others),
  call: fc.constantFrom(...calls),
  day: fc.integer({ min: 0, max: 100 }),
});

describe("Without the surety's own transaction", function () {
  this.timeout(60_000);

  it("no bond is ever in force, whoever tries what, and none is charged", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const founded = await offered();
        let today = 0;
        for (const { caller, call, day } of steps) {
          toDay(founded, (today = Math.max(today, day)));
          await founded.ledger.submit(caller, ...call).catch(() => undefined);
        }

        const { status, acceptedMs, encumberedMinor, forfeitedMinor } = await readBond(founded.ledger);
        assert.ok(status === "posted" || status === "released", status);
        assert.deepEqual([acceptedMs, encumberedMinor, forfeitedMinor], [null, "0", "0"]);
      }),
      { numRuns: 60 },
    );
  });

  it("and the control: with it, the bond is in force", async () => {
    const { ledger } = await offered();
    await ledger.submit(surety, "bond:Accept", offer.bondId, "1");
    assert.equal((await readBond(ledger)).status, "active");
  });
});

describe("Without the votes of a quorum", () => {
  it("no surety is admitted, however often two members ask", async () => {
    const founded = await insurable();
    const asking = fc.record({ member: fc.constantFrom("ch", "no"), role: fc.constantFrom(...roles) });
    await fc.assert(
      fc.asyncProperty(fc.array(asking, { maxLength: 12 }), async (attempts) => {
        const ledger = founded.ledger.fork();
        const proposal = { suretyId: "sly", mspId: "SlyMSP", name: "Sly" };
        for (const { member, role } of attempts)
          await ledger
            .submit(identity(member, role), "coalition:ProposeSurety", proposal)
            .catch(() => undefined);

        assert.equal(ledger.state.has("organisation!SlyMSP"), false);
      }),
      { numRuns: 40 },
    );
    assert.ok(
      founded.ledger.state.has(`organisation!${surety.mspId}`),
      "three members' votes admitted this one",
    );
    assert.ok(founded.ledger.state.has(`organisation!${mspOf("ch")}`));
  });
});
