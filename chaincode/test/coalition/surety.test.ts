import assert from "node:assert/strict";
import { suretyDocument, type SuretyDocument } from "@comity/protocol";
import { surety, suretyOf, suretyProposal } from "../fixture/bonds.ts";
import { found, type Founded, identity, mspOf, noticeOf } from "../fixture/coalition.ts";
import { refused } from "../fixture/testLedger.ts";

const voteOf = ({ ledger }: Founded, memberId: string, proposal: object = suretyProposal): Promise<unknown> =>
  ledger.submit(identity(memberId, "officer"), "coalition:ProposeSurety", proposal);

async function read({ ledger }: Founded): Promise<SuretyDocument> {
  const answer = await ledger.evaluate(identity("no", "node"), "coalition:ReadSurety", "harbour-vale");
  return suretyDocument(answer);
}

describe("coalition:ProposeSurety", () => {
  it("admits a surety by the votes of a quorum, each member's counted once", async () => {
    const founded = await found();

    for (const member of ["ch", "jp", "ch", "jp"]) await voteOf(founded, member);
    assert.deepEqual([(await read(founded)).status, (await read(founded)).votes], ["proposed", ["ch", "jp"]]);
    await refused(founded.ledger.submit(surety, "rulebook:Read"), "CALLER_UNKNOWN");
    await voteOf(founded, "no");

    assert.deepEqual(
      [(await read(founded)).status, (await read(founded)).votes],
      ["admitted", ["ch", "jp", "no"]],
    );
    assert.ok(await founded.ledger.evaluate(surety, "rulebook:Read"));
    const events = founded.ledger.events.slice(-3).map(({ type, rev }) => `${type} ${rev}`);
    assert.deepEqual(events, ["surety-proposed 1", "surety-proposed 2", "surety-admitted 3"]);
  });

  it("takes a vote for an admitted surety for a repeat", async () => {
    const founded = await found();
    for (const member of ["ch", "jp", "no"]) await voteOf(founded, member);

    await voteOf(founded, "ke");

    assert.equal(founded.ledger.last.writes.size, 0);
  });

  it("never puts a surety in the place of an organisation that is in the register", async () => {
    const founded = await found();
    const rival = { ...suretyProposal, suretyId: "rival" };
    for (const member of ["ch", "jp"]) await voteOf(founded, member, rival);
    for (const member of ["ch", "jp", "no"]) await voteOf(founded, member);

    await refused(voteOf(founded, "no", rival), "SURETY_EXISTS");
    await refused(voteOf(founded, "no", { ...rival, suretyId: "sly", mspId: mspOf("ch") }), "SURETY_EXISTS");
  });
});

describe("A surety's certificate", () => {
  it("gives nobody a member's role, whatever its authority wrote, nor a member's a surety's", async () => {
    const founded = await found();
    for (const member of ["ch", "jp", "no"]) await voteOf(founded, member);
    const { ledger } = founded;

    for (const role of ["officer", "node", "operator", "gateway", "inspector"]) {
      const impostor = {
        mspId: surety.mspId,
        attributes: { "comity.role": role, "comity.operator": "alpine" },
      };
      await refused(ledger.submit(impostor, "rulebook:Read"), "CALLER_ROLE");
      await refused(ledger.submit(impostor, "notice:File", noticeOf()), "CALLER_ROLE");
      await refused(ledger.submit(impostor, "coalition:ProposeSurety", suretyProposal), "CALLER_ROLE");
    }
    await refused(ledger.submit(suretyOf(mspOf("ch")), "rulebook:Read"), "CALLER_ROLE");
  });
});
