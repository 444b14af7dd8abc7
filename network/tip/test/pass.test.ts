import assert from "node:assert/strict";
import { PASSED_SHARE_BYTES } from "@comity/protocol";
import { joinTip, openShare, passShare, receiveShare } from "../src/index.ts";
import { addressees, sealed, seeded } from "./fixture.ts";

describe("A share that is passed through the ledger", () => {
  it("opens for the officer who asked, and gives the text", async () => {
    const { keys } = await addressees();
    const cell = await sealed("They trained at night.");
    const [asking, approving] = [keys[0]!, keys[2]!];
    const theirs = await openShare(cell, approving.secret);

    const passed = await passShare(cell, theirs, asking.sealingKey, seeded("pass"));

    assert.equal(passed.length, PASSED_SHARE_BYTES);
    const received = await receiveShare(cell, passed, asking.secret);
    const own = await openShare(cell, asking.secret);
    assert.equal(await joinTip(cell, own, received), "They trained at night.");
  });

  it("opens for nobody else, for no other cell, and not when a byte is changed", async () => {
    const { keys } = await addressees();
    const [cell, other] = [await sealed("t", "1"), await sealed("t", "2")];
    const passed = await passShare(
      cell,
      await openShare(cell, keys[2]!.secret),
      keys[0]!.sealingKey,
      seeded("p"),
    );
    const changed = passed.map((byte, i) => (i === 1150 ? byte ^ 1 : byte));

    const attempts: Parameters<typeof receiveShare>[] = [
      [cell, passed, keys[1]!.secret],
      [other, passed, keys[0]!.secret],
      [cell, changed, keys[0]!.secret],
      [cell, passed.subarray(1), keys[0]!.secret],
    ];

    for (const attempt of attempts) {
      await assert.rejects(receiveShare(...attempt), { code: "CELL_ADDRESSEE" });
    }
  });
});
