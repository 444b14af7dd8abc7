import assert from "node:assert/strict";
import { type AlertDocument, alertDocument, alertIdOf, page } from "@comity/protocol";
import {
  ceremony,
  type Coalition,
  coalition,
  digestOf,
  filingOf,
  FLOP_AT_LEAST,
  statementOf,
} from "../fixture/ceremony.ts";
import { foundWithSite, identity, ORIGIN_MS } from "../fixture/coalition.ts";
import { refused } from "../fixture/testLedger.ts";

const node = identity("ke", "node");

async function read({ founded }: Coalition, alertId: string): Promise<AlertDocument> {
  return alertDocument(await founded.ledger.evaluate(identity("jp", "gateway"), "alert:Read", alertId));
}

describe("alert:File", function () {
  this.timeout(60_000);

  it("takes what the coalition signed, from any member's node", async () => {
    const made = await coalition();
    const { ledger } = made.founded;
    const statement = statementOf(made.founded);
    const filing = filingOf(made, statement);
    ledger.nowMs = ORIGIN_MS + 11_000;

    await ledger.submit(node, "alert:File", filing);

    const alertId = alertIdOf(statement);
    assert.deepEqual(await read(made, alertId), {
      ...{ schemaVersion: 1, rev: 1, alertId, ...filing, status: "open" },
      digest: Buffer.from(digestOf(made.founded, made.record, statement)).toString("hex"),
      filedMs: ORIGIN_MS + 11 * 86_400_000,
    });
    const { type, subject } = ledger.events.at(-1)!;
    assert.deepEqual({ type, subject }, { type: "alert-opened", subject: alertId });
  });

  it("refuses what another group key signed, though its members are the same", async () => {
    const made = await coalition();
    const foreign = await foundWithSite({ name: "another network" });
    const theirs: Coalition = { founded: foreign, ...(await ceremony(foreign)) };
    const statement = statementOf(made.founded);
    const good = filingOf(made, statement);
    const { signature } = filingOf({ ...theirs, founded: made.founded }, statement);

    await refused(made.founded.ledger.submit(node, "alert:File", { ...good, signature }), "ALERT_SIGNATURE");
  });

  it("takes a repeat for what it is, from another member and with other decisions too", async () => {
    const made = await coalition();
    const { ledger } = made.founded;
    const filing = filingOf(made, statementOf(made.founded));
    const digest = digestOf(made.founded, made.record, filing.statement);
    const decisions = [...filing.decisions, made.members[3]!.decision(digest, "refuse")];
    await ledger.submit(node, "alert:File", filing);

    await ledger.submit(identity("jp", "node"), "alert:File", { ...filing, decisions });

    assert.equal(ledger.last.writes.size, 0);
    assert.equal(ledger.last.events.length, 0);
  });

  it("keeps refusals beside the signatures", async () => {
    const made = await coalition();
    const filing = filingOf(made, statementOf(made.founded));
    const digest = digestOf(made.founded, made.record, filing.statement);
    const decisions = [...filing.decisions, made.members[3]!.decision(digest, "refuse")];

    await made.founded.ledger.submit(node, "alert:File", { ...filing, decisions });

    const stored = await read(made, alertIdOf(filing.statement));
    assert.deepEqual(
      stored.decisions.map(({ decision }) => decision),
      ["sign", "sign", "sign", "refuse"],
    );
  });

  it("replaces an alert by one whose bound is a quarter greater, and says which", async () => {
    const made = await coalition();
    const { ledger } = made.founded;
    const first = statementOf(made.founded);
    const second = statementOf(made.founded, {}, (FLOP_AT_LEAST * 5n) / 4n);
    await ledger.submit(node, "alert:File", filingOf(made, first));
    ledger.nowMs += 1_000;

    await ledger.submit(node, "alert:File", filingOf(made, second));

    assert.equal((await read(made, alertIdOf(first))).status, "superseded");
    const replacing = await read(made, alertIdOf(second));
    assert.equal(replacing.status, "open");
    assert.equal(replacing.supersedes, alertIdOf(first));
    await ledger.submit(node, "alert:File", filingOf(made, first));
    assert.equal(ledger.last.writes.size, 0, "the first one again is still a repeat");
    const listed = page(alertDocument)(await ledger.evaluate(node, "alert:List", "100", ""));
    assert.deepEqual(
      listed.items.map(({ alertId }) => alertId),
      [alertIdOf(first), alertIdOf(second)],
    );
  });

  it("costs at most ten calls to the peer, for a first alert and for one that replaces it", async () => {
    const made = await coalition();
    const { ledger } = made.founded;
    ledger.nowMs = ORIGIN_MS + 1_000_000; // the bucket three back exists
    const first = statementOf(made.founded);
    const replacing = statementOf(made.founded, {}, (FLOP_AT_LEAST * 5n) / 4n);

    for (const statement of [first, replacing]) {
      await ledger.submit(node, "alert:File", filingOf(made, statement));
      assert.ok(ledger.last.calls <= 10, `${ledger.last.calls} calls`);
    }
  });
});
