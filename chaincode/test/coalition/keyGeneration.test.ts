import assert from "node:assert/strict";
import { fromHex, nobleBls, keySessionView } from "@comity/protocol";
import { decodeDeal } from "@comity/threshold";
import { coalition, dealAll, digestOf, filingOf, membersOf, statementOf } from "../fixture/ceremony.ts";
import { found, identity } from "../fixture/coalition.ts";
import { assertKeyInForce } from "../fixture/keyGeneration.ts";

const node = identity("ch", "node");

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
