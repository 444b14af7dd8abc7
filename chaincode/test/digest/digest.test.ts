import assert from "node:assert/strict";
import { digestDocument, type DigestDocument } from "@comity/protocol";
import { ceremony, type Coalition, coalition } from "../fixture/ceremony.ts";
import { digestFiling } from "../fixture/case.ts";
import { foundWithSite, identity } from "../fixture/coalition.ts";
import { refused } from "../fixture/testLedger.ts";

const node = identity("ke", "node");

async function read({ founded }: Coalition, registry = "venues"): Promise<DigestDocument> {
  return digestDocument(await founded.ledger.evaluate(identity("jp", "gateway"), "digest:Read", registry));
}

describe("digest:File", function () {
  this.timeout(60_000);

  it("takes what the coalition signed, from any member's node, and says so", async () => {
    const made = await coalition();
    const filing = digestFiling(made, 12);

    await made.founded.ledger.submit(node, "digest:File", filing);

    assert.deepEqual(await read(made), { schemaVersion: 1, rev: 1, ...filing });
    const { type, subject, rev } = made.founded.ledger.events.at(-1)!;
    assert.deepEqual({ type, subject, rev }, { type: "digest-filed", subject: "venues", rev: 1 });
  });

  it("keeps the newest of each registry", async () => {
    const made = await coalition();
    const { ledger } = made.founded;
    await ledger.submit(node, "digest:File", digestFiling(made, 12));
    await ledger.submit(node, "digest:File", digestFiling(made, 3, "bonds"));

    await ledger.submit(node, "digest:File", digestFiling(made, 13));

    const [venues, bonds] = [await read(made), await read(made, "bonds")];
    assert.deepEqual([venues.rev, venues.statement.ledger.height], [2, 13]);
    assert.deepEqual([bonds.rev, bonds.statement.ledger.height], [1, 3]);
  });

  it("lets an older one and one of the same block change nothing, whatever they say", async () => {
    const made = await coalition();
    const { ledger } = made.founded;
    await ledger.submit(node, "digest:File", digestFiling(made, 12));

    for (const height of [11, 12]) {
      await ledger.submit(node, "digest:File", { ...digestFiling(made, height), signature: "00".repeat(96) });

      assert.equal(ledger.last.writes.size, 0);
      assert.equal(ledger.last.events.length, 0);
    }
  });

  it("refuses what another group key signed, though its members are the same", async () => {
    const made = await coalition();
    const foreign = await foundWithSite({ name: "another network" });
    const theirs: Coalition = { founded: foreign, ...(await ceremony(foreign)) };
    const { signature } = digestFiling({ ...theirs, founded: made.founded }, 12);

    await refused(
      made.founded.ledger.submit(node, "digest:File", { ...digestFiling(made, 12), signature }),
      "DIGEST_SIGNATURE",
    );
  });

  it("costs at most ten calls to the peer", async () => {
    const made = await coalition();
    await made.founded.ledger.submit(node, "digest:File", digestFiling(made, 12));
    await made.founded.ledger.submit(node, "digest:File", digestFiling(made, 13));
    assert.ok(made.founded.ledger.last.calls <= 10, `${made.founded.ledger.last.calls} calls`);
  });
});
