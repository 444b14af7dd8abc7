import assert from "node:assert/strict";
import {
  fromHex,
  nobleBls,
  type SignedEpochRecord,
  signedEpochRecord,
  keySessionView,
  verifyEd25519,
  verifyEpochChain,
} from "@comity/protocol";
import { createAccusation, type Deal, decodeDeal, openShare } from "@comity/threshold";
import {
  acceptAll,
  cancelShare,
  coalition,
  confirmAll,
  dealAll,
  digestOf,
  filingOf,
  type KeyMember,
  membersOf,
  randomOf,
  signAll,
  statementOf,
} from "../fixture/ceremony.ts";
import { type Founded, found, identity } from "../fixture/coalition.ts";
import { refused } from "../fixture/testLedger.ts";

const node = identity("ch", "node");

async function epochsOf({ ledger }: Founded): Promise<SignedEpochRecord[]> {
  const { epochs } = (await ledger.evaluate(node, "coalition:ReadEpochs")) as { epochs: unknown[] };
  return epochs.map((epoch) => signedEpochRecord(epoch));
}

async function assertKeyInForce(founded: Founded): Promise<void> {
  const epochs = await epochsOf(founded);
  const [record] = verifyEpochChain(founded.genesis, founded.networkId, epochs, verifyEd25519);
  assert.equal(record?.keyEpoch, 1);
}

/** A deal whose share for one member is rubbish: everybody else finds nothing wrong with it. */
function withBadShare(deal: Deal, recipient: number): Deal {
  const shares = deal.shares.map((share) =>
    share.index === recipient ? { ...share, ciphertext: "00".repeat(48) } : share,
  );
  return { ...deal, shares };
}

async function votes(members: readonly KeyMember[], attempt: number, phase: string): Promise<void> {
  for (const member of members) await member.submit("coalition:ClosePhase", String(attempt), phase);
}

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

  it("gives four members a key that genesis vouches for, and that three of them sign with", async () => {
    const made = await coalition();
    const { founded, record } = made;

    await assertKeyInForce(founded);

    const statement = statementOf(founded);
    const { signature } = filingOf(made, statement);
    const digest = digestOf(founded, record, statement);
    assert.ok(nobleBls.verify(fromHex(record.groupKey, 48), digest, fromHex(signature, 96)));
    const board = keySessionView(decodeDeal)(await founded.ledger.evaluate(node, "coalition:ReadKeySession"));
    assert.equal(board.phase, "active");
    assert.deepEqual(board.qualified, [1, 2, 3, 4]);
    assert.deepEqual(board.closedVotes, []);
  });

  it("shows an empty board before anybody proposes", async () => {
    const { ledger } = await found();
    const board = keySessionView(decodeDeal)(await ledger.evaluate(node, "coalition:ReadKeySession"));
    assert.equal(board.phase, "none");
    assert.equal(board.attempt, 0);
  });

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

  it("lets members who post at the same time pass each other", async () => {
    const founded = await found();
    const [alice, bob] = membersOf(founded);
    await alice!.submit("coalition:ProposeKey", { attempt: 1, threshold: 3 });

    const posts = [
      await founded.ledger.endorse(identity("ch", "node"), "coalition:AcceptKey", alice!.acceptance(1)),
      await founded.ledger.endorse(identity("jp", "node"), "coalition:AcceptKey", bob!.acceptance(1)),
    ];

    const written = posts.flatMap(({ writes }) => [...writes.keys()]);
    assert.deepEqual(written, ["keyaccept!1!1", "keyaccept!1!2"]);
    assert.ok(!posts[0]!.reads.includes("keyaccept!1!2"));
    assert.ok(!posts[1]!.reads.includes("keyaccept!1!1"));
  });

  it("takes every repeated transaction for what it is", async () => {
    const founded = await found();
    const members = membersOf(founded);
    const proposal = { attempt: 1, threshold: 3 };
    await members[0]!.submit("coalition:ProposeKey", proposal);
    const acceptance = members[0]!.acceptance(1);
    for (const member of members.slice(1)) await member.submit("coalition:AcceptKey", member.acceptance(1));
    const repeat = async (transaction: string, ...args: readonly unknown[]): Promise<void> => {
      await members[0]!.submit(transaction, ...args);
      const before = new Map(founded.ledger.state);
      await members[0]!.submit(transaction, ...args);
      assert.equal(founded.ledger.last.writes.size, 0, transaction);
      assert.equal(founded.ledger.last.events.length, 0, transaction);
      assert.deepEqual(founded.ledger.state, before);
    };

    await repeat("coalition:ProposeKey", proposal);
    await repeat("coalition:AcceptKey", acceptance);
    await repeat("coalition:ClosePhase", "1", "accept");
    await dealAll(members, 1);
    await repeat("coalition:ClosePhase", "1", "deal");
    for (const member of members.slice(1)) {
      await member.submit("coalition:ConfirmKey", await member.confirmation(1));
    }
    await repeat("coalition:ConfirmKey", await members[0]!.confirmation(1));
    await repeat("coalition:ClosePhase", "1", "confirm");
    for (const member of members.slice(1))
      await member.submit("coalition:SignRecord", await member.recordSignature(1));
    await repeat("coalition:SignRecord", await members[0]!.recordSignature(1));
    await repeat("coalition:ActivateKey", "1");
  });
});
