import assert from "node:assert/strict";
import { createAccusation, type Deal, openShare } from "@comity/threshold";
import {
  acceptAll,
  cancelShare,
  confirmAll,
  dealAll,
  membersOf,
  randomOf,
  signAll,
} from "../fixture/ceremony.ts";
import { found } from "../fixture/coalition.ts";
import { assertKeyInForce, epochsOf, votes } from "../fixture/keyGeneration.ts";
import { refused } from "../fixture/testLedger.ts";

/** A deal whose share for one member is rubbish: everybody else finds nothing wrong with it. */
function withBadShare(deal: Deal, recipient: number): Deal {
  const shares = deal.shares.map((share) =>
    share.index === recipient ? { ...share, ciphertext: "00".repeat(48) } : share,
  );
  return { ...deal, shares };
}

describe("Key generation on the ledger", function () {
  this.timeout(60_000);

  it("ends an attempt on a proved accusation, and the next one does without that dealer", async () => {
    const founded = await found();
    const members = membersOf(founded);
    const [alice, bob] = [members[0]!, members[1]!];
    await acceptAll(members, 1);
    for (const member of members) {
      const deal = await member.dealFor(1);
      await member.submit("coalition:Deal", {
        attempt: 1,
        deal: member === bob ? withBadShare(deal, 1) : deal,
      });
    }
    await alice.submit("coalition:ClosePhase", "1", "deal");
    const { deal } = (await alice.board()).deals[1]!;
    const open = { session: alice.session(1), deal, index: 1, secret: alice.secret(1) };
    assert.throws(() => openShare(open), { code: "SHARE_INVALID" });

    const accusation = { attempt: 1, ...createAccusation({ ...open, random: randomOf("alice") }) };
    await alice.submit("coalition:AccuseDealer", accusation);

    const aborted = await alice.board();
    assert.equal(aborted.phase, "aborted");
    assert.deepEqual(aborted.aborted, { reason: "accused", dealer: 2, accuser: 1 });
    await alice.submit("coalition:AccuseDealer", accusation);
    assert.equal(founded.ledger.last.writes.size, 0, "a repeat changes nothing");

    await acceptAll(members, 2);
    await refused(
      bob.submit("coalition:Deal", { attempt: 2, deal: await bob.dealFor(2) }),
      "KEY_DEALER_EXCLUDED",
    );
    await dealAll([alice, members[2]!, members[3]!], 2);
    assert.deepEqual((await alice.board()).excluded, [2]);
    assert.deepEqual((await alice.board()).qualified, [1, 3, 4]);
    founded.ledger.nowMs += 5_000;
    await confirmAll([bob, members[2]!, members[3]!], 2);
    await signAll([bob, members[2]!, members[3]!], 2);

    await assertKeyInForce(founded);
  });

  it("does not come into force before a member that was dealt a bad share could say so", async () => {
    const founded = await found();
    const members = membersOf(founded);
    const [alice, bob, carol, dave] = [members[0]!, members[1]!, members[2]!, members[3]!];
    await acceptAll(members, 1);
    for (const member of [alice, bob, carol])
      await member.submit("coalition:Deal", { attempt: 1, deal: await member.dealFor(1) });
    await dave.submit("coalition:Deal", { attempt: 1, deal: withBadShare(await dave.dealFor(1), 1) });
    await dave.submit("coalition:ClosePhase", "1", "deal");
    for (const member of [bob, carol, dave])
      await member.submit("coalition:ConfirmKey", await member.confirmation(1));

    await refused(dave.submit("coalition:ClosePhase", "1", "confirm"), "KEY_WINDOW_OPEN");
    await refused(dave.submit("coalition:SignRecord", await dave.recordSignature(1)), "KEY_PHASE");
    await refused(dave.submit("coalition:ActivateKey", "1"), "KEY_PHASE");

    const { deal } = (await alice.board()).deals[3]!;
    const open = { session: alice.session(1), deal, index: 1, secret: alice.secret(1) };
    const accusation = createAccusation({ ...open, random: randomOf("alice") });
    await alice.submit("coalition:AccuseDealer", { attempt: 1, ...accusation });
    assert.deepEqual((await alice.board()).aborted, { reason: "accused", dealer: 4, accuser: 1 });
  });

  it("leaves no signed record of an attempt that ended, and ends none whose record may be signed", async () => {
    const founded = await found();
    const members = membersOf(founded);
    const [alice, bob, carol, dave] = [members[0]!, members[1]!, members[2]!, members[3]!];
    await acceptAll(members, 1);
    for (const member of [alice, bob, carol])
      await member.submit("coalition:Deal", { attempt: 1, deal: await member.dealFor(1) });
    await dave.submit("coalition:Deal", { attempt: 1, deal: withBadShare(await dave.dealFor(1), 1) });
    await dave.submit("coalition:ClosePhase", "1", "deal");
    const { deal } = (await alice.board()).deals[3]!;
    const open = { session: alice.session(1), deal, index: 1, secret: alice.secret(1) };
    const accusation = { attempt: 1, ...createAccusation({ ...open, random: randomOf("alice") }) };
    founded.ledger.nowMs += 5_000;

    await confirmAll([bob, carol, dave], 1);

    assert.equal((await alice.board()).phase, "sign");
    assert.deepEqual((await alice.board()).signatures, []);
    await refused(alice.submit("coalition:AccuseDealer", accusation), "KEY_PHASE");
    await signAll(members, 1);
    await assertKeyInForce(founded);
    assert.equal(
      (await epochsOf(founded))[0]?.signatures.length,
      4,
      "alice signs the record without a share",
    );
  });

  it("keeps out a dealer who dealt twice differently, and goes on with n−f", async () => {
    const founded = await found();
    const members = membersOf(founded);
    await acceptAll(members, 1);
    const first = await members[3]!.dealFor(1);
    await members[3]!.submit("coalition:Deal", { attempt: 1, deal: first });
    await members[3]!.submit("coalition:Deal", { attempt: 1, deal: first });
    assert.equal(founded.ledger.last.writes.size, 0, "the same deal again is a repeat");
    await members[3]!.submit("coalition:Deal", { attempt: 1, deal: await members[3]!.dealFor(1) });
    await dealAll(members.slice(0, 3), 1);

    const board = await members[0]!.board();
    assert.deepEqual(board.qualified, [1, 2, 3]);
    assert.deepEqual(board.disqualified, [4]);
    await confirmAll(members, 1);
    await signAll(members, 1);
    await assertKeyInForce(founded);
  });

  it("bars a member that deals last and cancels its own share, and goes on without it", async () => {
    const founded = await found();
    const members = membersOf(founded);
    const honest = members.slice(0, 3);
    await acceptAll(members, 1);
    await cancelShare(members, 1);

    await refused(honest[0]!.submit("coalition:ClosePhase", "1", "deal"), "KEY_WINDOW_OPEN");
    founded.ledger.nowMs += 5_000;
    await votes(honest, 1, "deal");
    assert.deepEqual((await honest[0]!.board()).aborted, { reason: "shareless" });

    await honest[0]!.submit("coalition:ProposeKey", { attempt: 2, threshold: 3 });
    await refused(members[3]!.submit("coalition:AcceptKey", members[3]!.acceptance(2)), "KEY_MEMBER_BARRED");
    for (const member of honest) await member.submit("coalition:AcceptKey", member.acceptance(2));
    founded.ledger.nowMs += 5_000;
    await votes(honest, 2, "accept");
    await dealAll(honest, 2);
    await confirmAll(honest, 2);
    await signAll(honest, 2);
    await assertKeyInForce(founded);
  });
});
