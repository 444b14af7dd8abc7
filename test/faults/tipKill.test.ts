import assert from "node:assert/strict";
import { decodeReceipt, leastCopies, proveInHour, verifyCertificate } from "@comity/tip";
import { sharedCoalition } from "../system/sharedCoalition.ts";
import type { TestCoalition } from "../system/testCoalition.ts";
import {
  appointOfficers,
  cellFor,
  certificateOf,
  networkOf,
  post,
  publishedHour,
  rootOf,
} from "../system/tipSender.ts";

describe("A process killed between a tip's receipt and its certificate", function () {
  this.timeout(120_000);
  const shared = sharedCoalition();

  before(() => appointOfficers(shared()));

  const victims: Record<string, (test: TestCoalition) => string[]> = {
    "the gateway": () => ["gateway"],
    "the node that took it": (test) => [`node-${test.memberId(1)}`],
    "both of them": (test) => ["gateway", `node-${test.memberId(1)}`],
    "the ledger": () => ["ledger"],
    "a node that should hold it": (test) => [`node-${test.memberId(2)}`],
  };
  for (const [what, processesOf] of Object.entries(victims)) {
    it(`loses nothing: ${what}`, async () => {
      const test = shared();
      const cell = await cellFor(test, `killed: ${what}`);

      const receipt = await withoutOthers(test, async () => {
        const answer = await post(test, cell);
        assert.equal(answer.status, 200);
        for (const name of processesOf(test)) await test.coalition.kill(name);
        return decodeReceipt(new Uint8Array(answer.body));
      });
      await test.heal();

      const certificate = await certificateOf(test, receipt.cellHash);
      const holders = verifyCertificate(certificate, networkOf(test));
      assert.ok(holders.length >= leastCopies(4));
      const { root } = await rootOf(test, receipt.tipHour);
      const { list, ledger } = await publishedHour(test, receipt.tipHour);
      assert.equal(ledger.root, root);
      assert.ok(proveInHour(list, receipt.cellHash));
    });
  }
});

/** Works while the other members' nodes answer nothing, so that there can be no certificate yet. */
async function withoutOthers<T>(test: TestCoalition, work: () => Promise<T>): Promise<T> {
  const { coalition } = test;
  const others = [2, 3, 4].map((index) => `node-${test.memberId(index)}`);
  for (const node of others) coalition.signal(node, "SIGSTOP");
  try {
    return await work();
  } finally {
    for (const { name, pid } of coalition.processes())
      if (pid !== undefined && others.includes(name)) coalition.signal(name, "SIGCONT");
  }
}
