import assert from "node:assert/strict";
import * as blst from "@chainsafe/blst";
import {
  alertStatement,
  blstBls,
  DAY_MS,
  encodeBundle,
  encodeCanonical,
  fromHex,
  nobleBls,
  partialHashOf,
  decisionBytes,
  statementDigest,
  toHex,
  verifyBundle,
  type AlertStatement,
  type PartialMessage,
} from "@comity/protocol";
import { createEd25519Verify } from "../../src/attestation/index.ts";
import { bundleFor } from "../../src/watchfloor/bundleFor.ts";
import { connected } from "../gossip/testNetworks.ts";
import { originMs, TestCoalition } from "./testCoalition.ts";

/** Projected over 90 days far above 10²⁴ FLOP; ten days of it below. */
const FLOPS_A_DAY = 50_000_000_000_000_000_000_000n;

const { signal } = new AbortController();

describe("co-signing among four members", function () {
  this.timeout(120_000);
  let coalition: TestCoalition;
  beforeEach(async () => (coalition = await TestCoalition.create()));
  afterEach(() => coalition.close());

  async function startAll(): Promise<void> {
    await coalition.start(1, 2, 3, 4);
    await Promise.all(
      [...coalition.members].map(([index, { network }]) =>
        connected(network, ...[1, 2, 3, 4].filter((i) => i !== index)),
      ),
    );
    await coalition.work(10, FLOPS_A_DAY);
    await coalition.members.get(1)!.replicator.replicate(coalition.origin, signal);
  }

  const allRefused = (): Promise<void> =>
    coalition.until(
      () => coalition.eventsOf("proposal-refused").length >= 3 && coalition.refusals().length >= 3,
    );

  const digestOf = (statement: AlertStatement): Uint8Array =>
    statementDigest(
      { networkId: coalition.networkId, groupKey: coalition.group.groupKey, kind: "alert", keyEpoch: 1 },
      statement,
    );

  it("signs an undeclared run that its detector finds, and a bundle of it verifies", async () => {
    await startAll();
    for (const { detector } of coalition.members.values()) await detector.start();

    const alert = await coalition.ledger.alertFiled();

    assert.ok(nobleBls.verify(coalition.group.groupKey, digestOf(alert.statement), fromHex(alert.signature)));
    assert.equal(alert.statement.flopAtLeast, (10n * FLOPS_A_DAY).toString());
    const { genesis, networkId, ledger } = coalition;
    for (const { evidence } of coalition.members.values()) {
      const deps = { genesis, networkId, ledger, evidence, verify: createEd25519Verify({ maxKeys: 100 }) };
      const bundle = await bundleFor(alert, deps, new AbortController().signal);
      const verdict = verifyBundle(encodeBundle(bundle), { genesis: networkId, bls: blstBls(blst) });
      assert.ok(verdict.signers.length >= 3);
      assert.equal(verdict.entryCount, 10);
    }
  });

  it("signs only once what several detectors find", async () => {
    await startAll();
    for (const { detector } of coalition.members.values()) await detector.start();
    await coalition.ledger.alertFiled();

    await Promise.all(
      [...coalition.members.values()].map(({ cosigner }) =>
        coalition.until(() => cosigner.status().length === 0),
      ),
    );

    assert.equal(coalition.ledger.filed.length, 1);
    assert.equal(coalition.eventsOf("alert-proposed").length, 1);
  });

  it("refuses with APPRAISAL_BOUND what is inflated by one record", async () => {
    await startAll();
    const honest = await coalition.statement();
    const { log, entries, window, subject, ledger, observed } = honest;
    const tally = { observed, flopsLeast: BigInt(honest.flopAtLeast) + FLOPS_A_DAY / 6n };
    const inflated = alertStatement(coalition.genesis, { log, entries, window, subject, ledger }, tally);

    await coalition.members.get(1)!.cosigner.propose(inflated);
    await allRefused();

    assert.ok(coalition.refusals().every((refusal) => refusal.endsWith("APPRAISAL_BOUND")));
    assert.equal(coalition.ledger.filed.length, 0);
  });

  it("refuses with APPRAISAL_EVIDENCE entries that nobody holds", async () => {
    await startAll();
    const honest = await coalition.statement();
    const missing = { ...honest, log: { ...honest.log, size: 11 }, entries: { from: 0, to: 11 } };

    await coalition.members.get(2)!.cosigner.propose(missing);
    await allRefused();

    assert.ok(coalition.refusals().every((refusal) => refusal.endsWith("APPRAISAL_EVIDENCE")));
    assert.equal(coalition.ledger.filed.length, 0);
  });

  it("refuses with APPRAISAL_NOTICE a height at which a notice was in force", async () => {
    await startAll();
    coalition.ledger.addBlock([coalition.notice()]);
    const statement = await coalition.statement();
    coalition.ledger.addBlock([coalition.notice({ status: "withdrawn" })]);

    await coalition.members.get(1)!.cosigner.propose(statement);
    await allRefused();

    assert.ok(coalition.refusals().every((refusal) => refusal.endsWith("APPRAISAL_NOTICE")));
    assert.equal(coalition.ledger.filed.length, 0);
  });

  it("waits while two members are dead, says who is missing, and completes when one is back", async () => {
    await startAll();
    await coalition.kill(3);
    await coalition.kill(4);
    const { cosigner } = coalition.members.get(1)!;
    await cosigner.propose(await coalition.statement());
    await coalition.until(() => coalition.eventsOf("decision-sent").length === 2);
    const [waiting] = [...coalition.members.values()]
      .flatMap((member) => member.cosigner.status())
      .filter(({ signed }) => signed.includes(1));
    assert.deepEqual({ needed: waiting?.needed, phase: waiting?.phase }, { needed: 3, phase: "collecting" });
    assert.deepEqual(
      waiting?.missing.filter((index) => index > 2),
      [3, 4],
    );
    assert.equal(coalition.ledger.filed.length, 0);

    await coalition.start(4);
    const alert = await coalition.ledger.alertFiled();

    assert.deepEqual(
      alert.decisions.map(({ memberIndex }) => memberIndex),
      [1, 2, 4],
    );
  });

  it("completes without being asked again after a long outage, with a member that holds no copy of the log", async () => {
    await startAll();
    await coalition.kill(3);
    await coalition.kill(4);
    await coalition.members.get(1)!.cosigner.propose(await coalition.statement());
    await coalition.until(() => coalition.eventsOf("decision-sent").length === 2);
    const sixMinutesAgo = Date.now() - 6 * 60_000;
    coalition.ledger.addBlock([], sixMinutesAgo);
    assert.equal(coalition.logs[3]!.head(coalition.origin), undefined);

    await coalition.start(4);
    await coalition.until(() => coalition.refusals().length === 1);
    assert.deepEqual(coalition.refusals(), ["4: APPRAISAL_LEDGER"]);
    for (const index of [1, 2, 4]) await coalition.members.get(index)!.detector.start();
    const alert = await coalition.ledger.alertFiled();

    assert.equal(alert.statement.ledger.height, 1);
    assert.deepEqual(
      alert.decisions.map(({ memberIndex, decision }) => `${memberIndex} ${decision}`),
      ["1 sign", "2 sign", "4 sign"],
    );
  });

  for (const victim of [1, 2, 3, 4]) {
    it(`signs although member ${victim} dies while it is proposed`, async () => {
      await startAll();
      await coalition.members.get(1)!.cosigner.propose(await coalition.statement());
      await coalition.until(() => coalition.eventsOf("proposal-received").length > 0);

      await coalition.kill(victim);
      const alert = await coalition.ledger.alertFiled();

      assert.ok(alert.decisions.length >= 3);
    });
  }

  it("goes on after all died with the alert signed and the ledger away", async () => {
    await startAll();
    coalition.ledger.isDown = true;
    await coalition.members.get(1)!.cosigner.propose(await coalition.statement());
    await coalition.until(() => coalition.eventsOf("alert-signed").length >= 1);
    const [signer] = coalition.eventsOf("alert-signed").map(({ member }) => member);
    for (const index of [1, 2, 3, 4]) await coalition.kill(index);
    assert.equal(coalition.ledger.filed.length, 0);

    coalition.ledger.isDown = false;
    await coalition.start(signer!);
    const alert = await coalition.ledger.alertFiled();

    assert.ok(nobleBls.verify(coalition.group.groupKey, digestOf(alert.statement), fromHex(alert.signature)));
  });

  it("is not held up by a member that floods everybody with bad partials", async () => {
    await startAll();
    const statement = await coalition.statement();
    const digest = digestOf(statement);
    const mallory = coalition.members.get(4)!;
    const flood = (author: number, key: number, filler: number): PartialMessage => {
      const partial = new Uint8Array(96).fill(filler);
      const unsigned = {
        memberIndex: author,
        decision: "sign",
        reason: "",
        logPosition: filler,
        partialHash: partialHashOf(partial),
      } as const;
      const signature = toHex(
        coalition.keys[key - 1]!.sign(decisionBytes(coalition.networkId, digest, unsigned)),
      );
      return {
        type: "comity/v1/partial",
        digest: toHex(digest),
        keyEpoch: 1,
        partial: toHex(partial),
        decision: { ...unsigned, signature },
      };
    };
    await mallory.cosigner.stop();
    const shower = (async () => {
      for (let i = 0; i < 25 && coalition.ledger.filed.length === 0; i++) {
        for (const author of [1, 2, 3, 4])
          await mallory.network.publish("partial", encodeCanonical(flood(author, 4, i)));
      }
    })();

    await coalition.members.get(1)!.cosigner.propose(statement);
    const alert = await coalition.ledger.alertFiled();
    await shower;

    assert.deepEqual(
      alert.decisions.map(({ memberIndex, decision }) => `${memberIndex} ${decision}`),
      ["1 sign", "2 sign", "3 sign"],
    );
  });

  it("holds at most eight open proposals of a member", async () => {
    await coalition.start(1);
    await coalition.work(10, FLOPS_A_DAY);
    const { cosigner } = coalition.members.get(1)!;
    const honest = await coalition.statement();
    const proposals = Array.from({ length: 8 }, (_, i) =>
      cosigner.propose({ ...honest, entries: { from: 0, to: 10 - i } }),
    );
    await Promise.all(proposals);

    await assert.rejects(cosigner.propose({ ...honest, entries: { from: 1, to: 10 } }), {
      code: "SIGNING_LIMIT",
    });
  });

  it("refuses nothing that only its own ledger view has not shown yet", async () => {
    await startAll();
    const site = coalition.ledger.sites.get("site-one")!;
    coalition.ledger.sites.clear();
    await coalition.members.get(1)!.cosigner.propose(await coalition.statement());
    await coalition.until(() => coalition.eventsOf("proposal-received").length === 3);
    assert.deepEqual(coalition.refusals(), []);

    coalition.ledger.sites.set("site-one", site);
    const alert = await coalition.ledger.alertFiled();

    assert.equal(alert.statement.observed.endMs, originMs + 10 * DAY_MS);
  });
});
