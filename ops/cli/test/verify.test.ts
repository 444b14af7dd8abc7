import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./commandLine.ts";
import { scratchDirectories } from "./scratch.ts";

const vectors = (name: string): Record<string, string> => {
  const file = join(import.meta.dirname, "../../../../test/vectors/comity", name);
  return JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;
};
const formatVectors = vectors("formats.json") as { networkId: string };
const registryVectors = vectors("registry.json") as { listedBundle: string };

describe("comity", () => {
  const scratch = scratchDirectories();

  it("verifies nothing without a fingerprint, and says which one a bundle claims", async () => {
    const file = join(scratch(), "alert.comity.json");
    writeFileSync(file, "{}");

    const { code, stdout } = await run("verify", file);

    assert.equal(code, 2);
    assert.match(stdout, /cannot vouch for itself/);
  });

  it("refuses bytes that are no bundle with exit code 1 and a reason", async () => {
    const file = join(scratch(), "alert.comity.json");
    writeFileSync(file, "{}");

    const { code, stdout } = await run("verify", file, "--genesis", "ab".repeat(32), "--json");

    assert.equal(code, 1);
    const answer = JSON.parse(stdout) as { valid: boolean; code: string };
    assert.equal(answer.valid, false);
    assert.match(answer.code, /^BUNDLE_/);
  });

  it("recognises what a registry says of an id, and verifies it for the id that was asked", async () => {
    const file = join(scratch(), "venues.comity.json");
    writeFileSync(file, registryVectors.listedBundle);
    const asked = ["verify", file, "--json", "--genesis", formatVectors.networkId];

    const verified = await run(...asked);
    const other = await run(...asked, "--id", "01JD000000000000000000000C");

    assert.equal(verified.code, 0);
    const { id, found, document } = JSON.parse(verified.stdout) as Record<string, unknown>;
    assert.deepEqual([id, found], ["01JD000000000000000000000B", true]);
    assert.equal((document as { status: string }).status, "listed");
    assert.equal(other.code, 1);
    assert.equal((JSON.parse(other.stdout) as { code: string }).code, "ENTRY_ID");
  });

  it("says which genesis a registry's bundle claims", async () => {
    const file = join(scratch(), "venues.comity.json");
    writeFileSync(file, registryVectors.listedBundle);

    const { code, stdout } = await run("verify", file, "--json");

    assert.equal(code, 2);
    const answer = JSON.parse(stdout) as { claimedGenesis: string };
    assert.equal(answer.claimedGenesis, formatVectors.networkId);
  });

  for (const [what, args] of [
    ["a fingerprint that is none", ["--genesis", "abc"]],
    ["a file that is not there", ["--genesis", "ab".repeat(32)]],
  ] as const) {
    it(`answers ${what} with exit code 2`, async () => {
      const { code } = await run("verify", join(scratch(), "missing.json"), ...args);

      assert.equal(code, 2);
    });
  }
});
