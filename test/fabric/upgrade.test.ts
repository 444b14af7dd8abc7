import assert from "node:assert/strict";
import { copyFileSync, appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Coalition } from "@comity/cli";
import { canonicalString } from "@comity/protocol";
import { endRealNetwork, startRealNetwork } from "./realNetwork.ts";

const program = createRequire(import.meta.url).resolve("@comity/chaincode/program");

describe("An upgrade of the chaincode", function () {
  this.timeout(120_000);
  // Beside the program, so that it finds the same packages.
  const next = join(program, "../next.js");
  const folder = mkdtempSync(join(tmpdir(), "comity-upgrade-"));
  let network: Coalition;

  before(async () => {
    copyFileSync(program, next);
    appendFileSync(next, "\n// the next version\n");
    network = await startRealNetwork(join(folder, "network"));
  });
  after(async () => {
    await endRealNetwork(network);
    rmSync(folder, { recursive: true, force: true });
    rmSync(next);
  });

  const names = (): string[] =>
    network
      .processes()
      .flatMap(({ name, pid }) => (pid !== undefined && name.includes("chaincode") ? [name] : []));
  const register = (operatorId: string) =>
    network
      .ledger("xa", "officer")
      // A transaction reads the definition that it was endorsed under: at the change it conflicts, and is proposed anew.
      .submitIdempotent(
        "facility:RegisterOperator",
        canonicalString({ operatorId, memberId: "xa", name: operatorId }),
      );

  it("is refused where the program serves nobody, and the old one goes on", async () => {
    const nonsense = join(folder, "nonsense.js");
    writeFileSync(nonsense, "process.exit(1)");

    await assert.rejects(network.upkeep.upgradeChaincode(nonsense, network), { code: "NOT_READY" });

    assert.deepEqual(
      names().sort(),
      ["xa", "xb", "xc", "xd"].map((id) => `chaincode-${id}`),
    );
    await register("before-the-upgrade");
  });

  it("is noticed by no client, and leaves the new servers alone", async () => {
    let isOver = false;
    let served = 0;
    const client = async (): Promise<void> => {
      for (; !isOver; served += 1) await register(`operator-${served}`);
    };
    const working = client();

    await network.upkeep.upgradeChaincode(next, network).finally(() => (isOver = true));
    await working;

    assert.ok(served > 5, `${served} transactions`);
    assert.deepEqual(
      names().sort(),
      ["xa", "xb", "xc", "xd"].map((id) => `chaincode-${id}-v2`),
    );
    await register("after-the-upgrade");
  });

  it("goes back to what this project was built to with the next start, as a third version", async () => {
    await network.close();

    network = await startRealNetwork(network.layout.root);

    await assert.rejects(
      network
        .ledger("xb", "officer")
        .evaluate(
          "facility:RegisterOperator",
          canonicalString({ operatorId: "after-the-upgrade", memberId: "xb", name: "x" }),
        ),
      { code: "OPERATOR_EXISTS" },
    );
    assert.deepEqual(names().length, 4);
  });
});
