import assert from "node:assert/strict";
import {
  caseStatement,
  type DutyMessage,
  type DutyStatement,
  encodeCanonical,
  topics,
  verifyEd25519,
} from "@comity/protocol";
import { signPartial } from "@comity/threshold";
import fc from "fast-check";
import { dutyOf } from "../../src/duty/duties.ts";
import { DutyInbox } from "../../src/duty/dutyInbox.ts";
import { DutyTable } from "../../src/duty/dutyTable.ts";
import type { TopicHandler, Verdict } from "../../src/gossip/network.ts";
import { quiet } from "../gossip/testNetworks.ts";
import { DutyCoalition } from "./dutyCoalition.ts";
import { caseId, designatedCase } from "./dutyLedger.ts";

describe("a part of a duty", () => {
  let coalition: DutyCoalition;
  let table: DutyTable;
  let handler: TopicHandler;
  let inbox: DutyInbox;
  let told: unknown[];
  const statement = caseStatement(designatedCase("A"))!;
  const other: DutyStatement = { ...statement, documentHash: "ee".repeat(32) };

  beforeEach(async () => {
    coalition = await DutyCoalition.create();
    const { networkId, bls, ledger } = coalition;
    told = [];
    table = new DutyTable({ networkId });
    table.keep([dutyOf(statement)], ledger.epoch);
    inbox = new DutyInbox(
      { networkId },
      {
        network: { onMessage: (_topic, given) => void (handler = given) },
        ledger: { currentEpoch: () => ledger.epoch },
        ...{ table, verify: verifyEd25519, bls, log: quiet },
        emit: ({ memberIndex }) => void told.push(memberIndex),
        onPart: () => undefined,
      },
    );
    inbox.listen();
  });
  afterEach(() => coalition.close());

  const hear = (message: DutyMessage | Uint8Array, from = 2): Promise<Verdict> =>
    handler(message instanceof Uint8Array ? message : encodeCanonical(message), from);
  const signed = (): number[] => [...table.find(dutyOf(statement))!.parts.keys()];

  it("counts for the member that signed it, whoever brings it, once", async () => {
    const message = coalition.part(3, statement);

    assert.equal(await hear(message, 4), "accept");
    assert.equal(await hear(message, 3), "ignore");
    assert.deepEqual(signed(), [3]);
  });

  it("is ignored under another key epoch, and of what is not to be signed, or not yet", async () => {
    const message = coalition.part(3, statement);
    const unseen = { type: "comity/v1/digest", registry: "venues", size: 0, root: "aa".repeat(32) } as const;
    const ledger = { height: 99, blockHash: "bb".repeat(32), timeMs: 1 };

    assert.equal(await hear({ ...message, keyEpoch: 2 }), "ignore");
    assert.equal(await hear(coalition.part(3, { ...unseen, ledger })), "ignore");
    assert.equal(await hear(coalition.part(3, { ...statement, rev: 7 })), "ignore");
    table.keep([], coalition.ledger.epoch);
    assert.equal(await hear(message), "ignore");
  });

  const bad: Record<string, () => DutyMessage> = {
    "whose decision its member did not sign": () => coalition.part(3, statement, { signer: 2 }),
    "of somebody who is no member": () => coalition.part(9, statement),
    "of another member's share": () =>
      coalition.part(3, statement, {
        partial: signPartial(coalition.group.shares[0]!.secretShare, new Uint8Array(32)),
      }),
    "that is no curve point": () => coalition.part(3, statement, { partial: new Uint8Array(96).fill(7) }),
    "that its decision does not name": () => coalition.part(3, statement, { hash: "11".repeat(32) }),
    "with the decision of another statement": () => {
      return { ...coalition.part(3, statement), decision: coalition.part(3, other).decision };
    },
    "that refuses": () => {
      const message = coalition.part(3, statement);
      const { memberIndex, logPosition, signature } = message.decision;
      const refusal = { decision: "refuse", reason: "NO", partialHash: "00".repeat(32) } as const;
      return { ...message, decision: { memberIndex, logPosition, signature, ...refusal } };
    },
  };
  for (const [what, make] of Object.entries(bad)) {
    it(`is rejected if it is one ${what}`, async () => {
      assert.equal(await hear(make()), "reject");
      assert.deepEqual(signed(), []);
      assert.deepEqual(told, []);
    });
  }

  it("of another statement for the slot is rejected, and told of if the member really signed it", async () => {
    assert.equal(await hear(coalition.part(3, other)), "reject");
    assert.equal(await hear(coalition.part(4, other, { signer: 2 })), "reject");

    assert.deepEqual(told, [3]);
    assert.deepEqual(signed(), []);
  });

  it("is looked at no more after four bad ones of its sender, and others in its name still count", async () => {
    const forged = coalition.part(3, statement, { signer: 2 });
    const verdicts = [];
    for (let i = 0; i < 5; i++) verdicts.push(await hear(forged, 2));

    assert.deepEqual(verdicts, ["reject", "reject", "reject", "reject", "ignore"]);
    assert.equal(await hear(coalition.part(3, statement), 3), "accept");
    inbox.forget(table.find(dutyOf(statement))!.digest);
    assert.equal(await hear(coalition.part(4, statement), 2), "accept");
  });

  it("is looked at no more after four bad ones that its member signed, whoever sends them", async () => {
    const spoilt = coalition.part(4, statement, { partial: new Uint8Array(96).fill(7) });
    for (const from of [1, 2, 3, 4]) await hear(spoilt, from);

    assert.equal(await hear(coalition.part(4, statement), 2), "ignore");
    assert.equal(await hear(coalition.part(3, statement), 2), "accept");
  });

  it("is only ever rejected if it is random bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        assert.equal(await hear(bytes), "reject");
      }),
      { numRuns: 200 },
    );
  });

  it("fits into its topic at its longest", () => {
    const most = Number.MAX_SAFE_INTEGER;
    const ledger = { height: most, blockHash: "bb".repeat(32), timeMs: 253_402_300_799_999 };
    const longest = {
      type: "comity/v1/digest",
      registry: "venues",
      size: most,
      root: "aa".repeat(32),
      ledger,
    } as const;
    for (const each of [
      longest,
      { ...statement, venueId: statement.venueId, rev: most, documentHash: "ee".repeat(32) },
    ]) {
      const message = coalition.part(128, each);
      const bytes = encodeCanonical({ ...message, decision: { ...message.decision, logPosition: most } });
      assert.ok(bytes.length <= topics.duty.maxBytes, `${bytes.length}`);
      assert.ok(topics.duty.decode(bytes));
    }
  });

  it("is known by its case", () => assert.equal(dutyOf(statement).slot, `${caseId("A")} 6`));
});
