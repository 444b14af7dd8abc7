import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fromHex } from "@comity/protocol";
import { joinTip, openShare, receiveShare } from "../src/index.ts";
import { vectors } from "./frozen.ts";
import { readCell } from "./secondOpinion.ts";

const path = new URL("../../../../test/vectors/tip/tip.json", import.meta.url);
const frozen = JSON.parse(readFileSync(path, "utf8")) as Awaited<ReturnType<typeof vectors>>;

describe("the frozen vectors of tips", () => {
  const cell = fromHex(frozen.cell);
  const secrets = frozen.secrets.map((secret) => fromHex(secret));

  it("are made again byte for byte", async () => {
    assert.deepEqual(await vectors(), frozen);
  });

  it("open for two officers, directly and through the ledger", async () => {
    const own = await openShare(cell, secrets[0]!);
    const other = await openShare(cell, secrets[1]!);
    const passed = await receiveShare(cell, fromHex(frozen.passedShare), secrets[0]!);

    assert.equal(await joinTip(cell, own, other), frozen.text);
    assert.equal(await joinTip(cell, own, passed), frozen.text);
  });

  it("say the same to an implementation that shares no code with ours", () => {
    for (const [a, b] of [
      [1, 2],
      [1, 3],
      [3, 2],
    ] as const) {
      assert.equal(readCell(cell, [a, secrets[a - 1]!, b, secrets[b - 1]!]), frozen.text);
    }
  });
});
