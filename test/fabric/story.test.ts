import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processesOf } from "../start/processesOf.ts";
import { comity } from "../system/cli.ts";

describe("comity up --ledger fabric --once --json", function () {
  this.timeout(240_000);
  const folder = mkdtempSync(join(tmpdir(), "comity-fabric-"));
  const dataDir = join(folder, "coalition");
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("tells the whole story on a real network, in 2.5 GB, and leaves no process behind", async () => {
    const { code, stdout, stderr } = await comity(
      ...["up", "--ledger", "fabric", "--once", "--json", "--data-dir", dataDir],
    );

    assert.equal(code, 0, stderr);
    const summary = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as Record<string, unknown>;
    assert.equal(summary["ok"], true);
    assert.equal(summary["keyEpoch"], 1);
    const { memoryPssMb } = summary;
    assert.ok(
      typeof memoryPssMb === "number" && memoryPssMb > 500 && memoryPssMb <= 2_500,
      String(memoryPssMb),
    );
    assert.deepEqual(processesOf(dataDir), []);
  });

  it("keeps its engine when it is taken up again", async () => {
    const { code, stderr } = await comity("up", "--ledger", "embedded", "--once", "--data-dir", dataDir);

    assert.equal(code, 1);
    assert.match(stderr, /has its ledger on fabric/);
  });
});
