import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canonicalString, parseMemberId, tipGatewayBytes, tipHourOf, toHex } from "@comity/protocol";
import {
  cellHashOf,
  decodeReceipt,
  isGuilt,
  judgeGateway,
  receiptBytes,
  type TipReceipt,
  verifyReceipt,
} from "@comity/tip";
import { comity } from "../system/cli.ts";
import { sharedCoalition } from "../system/sharedCoalition.ts";
import type { TestCoalition } from "../system/testCoalition.ts";
import { appointOfficers, cellFor, networkOf, post, publishedHour, rootOf } from "../system/tipSender.ts";

/** A gateway that signs and forgets. Its receipt key is all that it takes. */
function receiptWithoutTip(test: TestCoalition, cell: Uint8Array): TipReceipt {
  const { coalition, genesis } = test;
  const { networkId } = networkOf(test);
  const [member] = coalition.network.members;
  assert.ok(member);
  const memberId = parseMemberId(member.memberId);
  const key = createPrivateKey(readFileSync(coalition.layout.receiptKey(memberId)));
  const identity = createPrivateKey(readFileSync(coalition.layout.identityKey(memberId)));
  const receiptKey = toHex(createPublicKey(key).export({ type: "spki", format: "der" }).subarray(-32));
  const place = { cellHash: cellHashOf(cell), tipHour: tipHourOf(genesis, Date.now()) };
  return {
    type: "comity/v1/tip-receipt",
    ...{ networkId, memberId, ...place, receiptKey },
    keySignature: toHex(sign(null, tipGatewayBytes(networkId, { memberId, receiptKey }), identity)),
    signature: toHex(sign(null, receiptBytes(networkId, place), key)),
  };
}

describe("A gateway that gives a receipt for a tip and drops it", function () {
  this.timeout(120_000);
  const shared = sharedCoalition();
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "comity-tip-"));
    await appointOfficers(shared());
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function check(receipt: TipReceipt): Promise<{ code: number; stdout: string }> {
    const file = join(folder, `${receipt.cellHash.slice(0, 8)}.json`);
    writeFileSync(file, canonicalString(receipt));
    return comity("tip", "check", file, "--data-dir", shared().coalition.layout.root, "--json");
  }

  it("is proved guilty by the receipt, the hour's leaves and the ledger's root; one that kept it is not", async () => {
    const test = shared();
    const answer = await post(test, await cellFor(test, "kept"));
    const kept = decodeReceipt(new Uint8Array(answer.body));
    const dropped = receiptWithoutTip(test, await cellFor(test, "dropped"));
    verifyReceipt(dropped, networkOf(test));

    for (const [receipt, verdict, code] of [
      [kept, "kept", 0],
      [dropped, "dropped", 1],
    ] as const) {
      const ledger = await rootOf(test, receipt.tipHour);
      const { list } = await publishedHour(test, receipt.tipHour);
      assert.equal(judgeGateway(receipt, ledger, list), verdict);
      const said = await check(receipt);
      assert.equal(said.code, code);
      const told = JSON.parse(said.stdout) as { verdict: string; guilty: boolean };
      assert.deepEqual([told.verdict, told.guilty], [verdict, isGuilt(verdict)]);
    }
  });

  it("cannot put the tip into its list afterwards: the ledger takes no second root", async () => {
    const test = shared();
    const { tipHour } = decodeReceipt(new Uint8Array((await post(test, await cellFor(test, "one"))).body));
    await rootOf(test, tipHour);
    const gateway = test.coalition.ledger(test.memberId(1), "gateway");

    const second = gateway.submit(
      "bounty:FileRoot",
      canonicalString({ tipHour, root: "ab".repeat(32), leafCount: 1024 }),
    );

    await assert.rejects(second, { code: "TIP_ROOT_EXISTS" });
  });
});
