import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EpochRecord, PartialMessage, ProposalMessage } from "@comity/protocol";
import { SessionStore } from "../../src/signing/sessionStore.ts";
import { SessionTable } from "../../src/signing/sessionTable.ts";

const digest = "ab".repeat(32);
const epoch = { threshold: 3, members: [{}, {}, {}, {}] } as unknown as EpochRecord;

describe("SessionTable", () => {
  let directory: string;
  let table: SessionTable;
  let now: number;
  const proposed = (expiresAtMs: number) =>
    table.open(digest, { memberIndex: 2, expiresAtMs } as ProposalMessage, epoch);
  beforeEach(async () => {
    now = 1_000;
    directory = await mkdtemp(join(tmpdir(), "comity-sessions-"));
    const disk = await SessionStore.open(directory);
    table = new SessionTable(
      { proposalLifeMs: 600 },
      {
        ...disk,
        now: () => now,
        onChange: (live, _before, { phase }) => void (live.isSettled = phase !== "collecting"),
      },
    );
  });
  afterEach(() => rm(directory, { recursive: true }));

  it("leaves no file of a settled session, whatever comes in then", async () => {
    const live = await proposed(1_500);
    await table.settle(live);

    const message = { digest, decision: { memberIndex: 3 } } as PartialMessage;
    await table.apply(live, { type: "partial", message });

    assert.deepEqual(await readdir(directory), []);
    assert.equal(live.session.partials.size, 0);
  });

  it("counts and remembers what came to nothing for as long as any proposal may live", async () => {
    const live = await proposed(1_001);
    now = 1_001;
    await table.apply(live, { type: "tick" });
    assert.equal(live.session.phase, "expired");

    now = 1_599;
    assert.deepEqual([table.sweep(), table.countOf(2)], [[], 1]);
    now = 1_600;
    assert.deepEqual([table.sweep(), table.countOf(2)], [[digest], 0]);
  });

  it("counts nothing that the coalition signed", async () => {
    const live = await proposed(1_500);
    assert.equal(table.countOf(2), 1);
    for (const memberIndex of [1, 2, 3])
      await table.apply(live, {
        type: "partial",
        message: { digest, decision: { memberIndex } } as PartialMessage,
      });

    await table.apply(live, { type: "signature", signature: "cd".repeat(96) });

    assert.equal(live.session.phase, "complete");
    assert.equal(table.countOf(2), 0);
  });

  it("remembers what is settled for as long as its proposal may come again", async () => {
    await table.settle(await proposed(1_650));
    assert.equal(table.countOf(2), 0);

    now = 1_649;
    assert.deepEqual(table.sweep(), []);
    now = 1_650;
    assert.deepEqual(table.sweep(), [digest]);
  });
});
