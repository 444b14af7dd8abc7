import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { refusal } from "@comity/protocol";
import { Journal } from "../../src/log/journal.ts";
import { type DecisionSubject, type NewDecision, SigningLog } from "../../src/signing/signingLog.ts";

const subject = (name: string, slot: string | null = null): DecisionSubject => ({
  digest: name.repeat(64),
  groupKeyId: "00".repeat(32),
  kind: "alert",
  slot,
  statementHash: name.repeat(64),
});
const sign: NewDecision = (logPosition) => ({
  decision: {
    memberIndex: 1,
    decision: "sign",
    reason: "",
    logPosition,
    partialHash: "11".repeat(32),
    signature: "22".repeat(64),
  },
  partial: "33".repeat(96),
});
const refuse: NewDecision = (logPosition) => ({
  decision: { ...refusal(1, "APPRAISAL_RULE", logPosition), signature: "22".repeat(64) },
  partial: null,
});

describe("SigningLog", () => {
  let dir: string;
  let path: string;
  let log: SigningLog;
  const reopen = async (): Promise<SigningLog> => {
    await log.close();
    return (log = await SigningLog.open(path));
  };
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "comity-signing-"));
    path = join(dir, "signing.log");
    log = await SigningLog.open(path);
  });
  afterEach(async () => {
    await log.close();
    await rm(dir, { recursive: true });
  });

  it("gives the same digest the same decision, also after a restart", async () => {
    const first = await log.decide(subject("a"), sign);
    await reopen();

    const again = await log.decide(subject("a"), refuse);

    assert.deepEqual(again, first);
    assert.equal(log.size, 1);
  });

  it("numbers decisions in their order, however they come", async () => {
    const decided = await Promise.all(["a", "b", "c"].map((name) => log.decide(subject(name), refuse)));

    assert.deepEqual(
      decided.map(({ decision }) => decision.logPosition),
      [0, 1, 2],
    );
  });

  it("has a decision on disk before it gives it away", async () => {
    await log.decide(subject("a"), sign);

    assert.ok((await readFile(path, "utf8")).includes("a".repeat(64)));
  });

  it("cuts off a torn last entry and goes on with its number", async () => {
    await log.decide(subject("a"), sign);
    const whole = await readFile(path);
    await log.decide(subject("b"), sign);
    const torn = (await readFile(path)).subarray(0, whole.length + 20);
    await log.close();
    await writeFile(path, torn);
    log = await SigningLog.open(path);

    const next = await log.decide(subject("c"), sign);

    assert.equal(next.decision.logPosition, 1);
    assert.equal(log.decisionOn("b".repeat(64)), undefined);
    await reopen();
    assert.equal(log.size, 2);
  });

  it("refuses to open when an earlier entry is damaged", async () => {
    await log.decide(subject("a"), sign);
    await log.decide(subject("b"), sign);
    const bytes = await readFile(path);
    bytes[20]! ^= 1;
    const damaged = join(dir, "damaged.log");
    await writeFile(damaged, bytes);

    await assert.rejects(SigningLog.open(damaged), { code: "LOG_BROKEN" });
  });

  it("refuses to open when an entry is not what the log holds", async () => {
    const other = join(dir, "other.log");
    await (await Journal.create(other, [new TextEncoder().encode("{}")])).close();

    await assert.rejects(SigningLog.open(other), { code: "SIGNING_LOG_BROKEN" });
  });

  it("signs one statement per slot, and may sign that one again under another digest", async () => {
    await log.decide(subject("a", "slot 1"), sign);

    await assert.rejects(log.decide(subject("b", "slot 1"), sign), { code: "SIGNING_SLOT_TAKEN" });
    await log.decide({ ...subject("a", "slot 1"), digest: "c".repeat(64) }, sign);
    await reopen();
    await assert.rejects(log.decide(subject("d", "slot 1"), sign), { code: "SIGNING_SLOT_TAKEN" });
    assert.equal((await log.decide(subject("e", "slot 1"), refuse)).decision.decision, "refuse");
  });

  it("signs the activation of one key per attempt, whichever keys it is shown", async () => {
    const activation = (name: string, slot: string): DecisionSubject => {
      return { ...subject(name, slot), kind: "activation", groupKeyId: name.repeat(64) };
    };
    await log.decide(activation("a", "1/1"), sign);

    await assert.rejects(log.decide(activation("b", "1/1"), sign), { code: "SIGNING_SLOT_TAKEN" });
    await log.decide(activation("b", "1/2"), sign);
    await log.decide({ ...subject("c", "1/1"), groupKeyId: "c".repeat(64) }, sign);
    await log.decide({ ...subject("d", "1/1"), groupKeyId: "d".repeat(64) }, sign);
  });
});
