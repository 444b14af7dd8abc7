import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createNetwork } from "../src/coalition/createNetwork.ts";
import { Layout } from "../src/coalition/layout.ts";
import { run, stoppedCoalition } from "./commandLine.ts";
import { scratchDirectories } from "./scratch.ts";

describe("comity in a coalition that is not running", function () {
  this.timeout(20_000); // keys are drawn

  const scratch = scratchDirectories();
  const refusal = stoppedCoalition(scratch);

  for (const args of [
    ["doctor"],
    ["fabric", "status"],
    ["fabric", "prepare", "join", "--reason", "It asks."],
    ["fabric", "apply"],
    ["fabric", "upgrade"],
    ["fabric", "renew", "xa"],
    ["fabric", "rejoin", "xa"],
  ]) {
    it(`says that \`${args.join(" ")}\` needs a real network`, async () => {
      const { code, error } = await refusal(...args);

      assert.deepEqual([code, error.code], [1, "LEDGER_EMBEDDED"]);
    });
  }

  it("says that nobody runs a real network which is to be kept up, or that no change of it is prepared", async () => {
    const real = join(scratch(), "real");
    const clock = { scale: 1, scaledMs: 0, bucketMs: 300_000 };
    await createNetwork(new Layout(real), { members: 4, clock, ledger: "fabric" }, Date.now);
    const codeOf = async (...args: string[]): Promise<string> => {
      const { stdout } = await run(...args, "--json", "--data-dir", real);
      return (JSON.parse(stdout) as { error: { code: string } }).error.code;
    };

    for (const args of [["upgrade"], ["renew", "xa"], ["rejoin", "xa"]])
      assert.equal(await codeOf("fabric", ...args), "SUPERVISOR_NONE");
    assert.equal(await codeOf("fabric", "apply"), "MEMBER_CHANGE");
  });

  it("refuses to vote for what is no change of the members", async () => {
    const file = join(scratch(), "change.json");
    writeFileSync(file, JSON.stringify({ change: "join", reason: "It asks." }));

    const { code, error } = await refusal("member", "vote", file);

    assert.deepEqual([code, error.code], [1, "DOCUMENT_WRONG"]);
  });

  it("says how to start it when the ledger does not answer", async () => {
    const { code, error, stderr } = await refusal("notice", "list");

    assert.deepEqual([code, error.code], [1, "LEDGER_UNAVAILABLE"]);
    assert.match(stderr, /comity up/);
  });

  it("keeps its size", async () => {
    const { code, error } = await refusal("up", "--members", "5");

    assert.deepEqual([code, error.code], [1, "DATA_DIR_OTHER_SIZE"]);
  });

  it("refuses an id that is none", async () => {
    const { code, error } = await refusal("designation", "show", "01J");
    assert.deepEqual([code, error.code], [1, "ID_INVALID"]);
  });
});
