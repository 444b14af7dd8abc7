import assert from "node:assert/strict";
import { acceptAll, confirmAll, dealAll, type KeyMember, membersOf, signAll } from "../fixture/ceremony.ts";
import { type Founded, found } from "../fixture/coalition.ts";
import { assertKeyInForce, epochsOf, votes } from "../fixture/keyGeneration.ts";
import { refused } from "../fixture/testLedger.ts";

/** The confirm phase with some confirmations in, after the window. */
async function confirmedBy(count: number): Promise<{ founded: Founded; members: KeyMember[] }> {
  const founded = await found();
  const members = membersOf(founded);
  await acceptAll(members, 1);
  await dealAll(members, 1);
  for (const member of members.slice(0, count)) {
    await member.submit("coalition:ConfirmKey", await member.confirmation(1));
  }
  founded.ledger.nowMs += 5_000;
  return { founded, members };
}

describe("Key generation on the ledger", function () {
  this.timeout(60_000);

  it("does not wait for a silent member beyond the window", async () => {
    const founded = await found();
    const members = membersOf(founded);
    const present = members.slice(0, 3);
    await members[0]!.submit("coalition:ProposeKey", { attempt: 1, threshold: 3 });
    for (const member of present) await member.submit("coalition:AcceptKey", member.acceptance(1));

    await refused(members[0]!.submit("coalition:ClosePhase", "1", "accept"), "KEY_WINDOW_OPEN");
    founded.ledger.nowMs += 5_000;
    await votes(present.slice(0, 2), 1, "accept");
    await votes(present.slice(0, 2), 1, "accept");
    assert.equal((await members[0]!.board()).phase, "accept", "one vote a member");
    assert.deepEqual((await members[0]!.board()).closedVotes, [1, 2]);
    await votes(present.slice(2), 1, "accept");
    assert.equal((await members[0]!.board()).phase, "deal");

    await votes([members[3]!], 1, "accept");
    assert.equal(founded.ledger.last.writes.size, 0, "a late vote changes nothing");
    await dealAll(present, 1);
    await confirmAll(present, 1);
    await signAll(present, 1);
    await assertKeyInForce(founded);
  });

  it("gives up where fewer than n−f take part, and lets the next attempt begin", async () => {
    const founded = await found();
    const members = membersOf(founded);
    await members[0]!.submit("coalition:ProposeKey", { attempt: 1, threshold: 3 });
    for (const member of members.slice(0, 2))
      await member.submit("coalition:AcceptKey", member.acceptance(1));
    founded.ledger.nowMs += 5_000;

    await votes(members.slice(0, 3), 1, "accept");

    assert.deepEqual((await members[0]!.board()).aborted, { reason: "short" });
    await members[2]!.submit("coalition:ProposeKey", { attempt: 2, threshold: 3 });
    assert.deepEqual((await members[0]!.board()).accepts, []);
    assert.deepEqual((await members[0]!.board()).excluded, []);
  });

  it("gives up where fewer than n−f confirm", async () => {
    const { founded, members } = await confirmedBy(2);

    await votes(members.slice(0, 3), 1, "confirm");

    assert.equal((await members[0]!.board()).phase, "aborted");
    assert.deepEqual(await epochsOf(founded), []);
  });

  it("does not give up where enough confirmed", async () => {
    const { founded, members } = await confirmedBy(3);
    await votes(members.slice(0, 2), 1, "confirm");
    assert.equal((await members[0]!.board()).phase, "confirm");

    await votes(members.slice(2, 3), 1, "confirm");

    await signAll(members.slice(0, 3), 1);
    await assertKeyInForce(founded);
  });

  it("keeps the window open for ten minutes in production", async () => {
    const clock = { originMs: 1_790_000_100_000, scale: 1, scaledMs: 0, bucketMs: 300_000 };
    const founded = await found({ mode: "production", clock });
    const [alice] = membersOf(founded);
    await alice!.submit("coalition:ProposeKey", { attempt: 1, threshold: 3 });

    founded.ledger.nowMs += 599_999;
    await refused(alice!.submit("coalition:ClosePhase", "1", "accept"), "KEY_WINDOW_OPEN");
    founded.ledger.nowMs += 1;
    await alice!.submit("coalition:ClosePhase", "1", "accept");
    assert.deepEqual((await alice!.board()).closedVotes, [1]);
  });
});
