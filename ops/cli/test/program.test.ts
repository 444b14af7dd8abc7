import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./commandLine.ts";
import { scratchDirectories } from "./scratch.ts";

describe("comity", () => {
  const scratch = scratchDirectories();

  it("explains itself and its exit codes", async () => {
    const { code, stdout } = await run("--help");

    assert.equal(code, 0);
    assert.match(stdout, /verify/);
    assert.match(stdout, /Exit codes/);
  });

  for (const args of [
    ["no-such-command"],
    ["verify"],
    ["notice", "file"],
    ["up", "--members", "3"],
    ["up", "--members", "17"],
    ["up", "--members", "4.5"],
    ["up", "--ledger", "cloud"],
    ["fabric", "prepare", "merge", "--reason", "It asks."],
    ["fabric", "prepare", "join"],
    ["member", "vote"],
    ["status", "--no-such-option"],
    ["bond", "post"],
    ["bond", "accept", "01J00000000000000000000000", "--rev", "0"],
    ["checkpoint", "declare", "01J00000000000000000000000"],
    ["checkpoint", "declare", "01J00000000000000000000000", "--cadence-hours", "1.5"],
    ["checkpoint", "register", "01J00000000000000000000000", "first"],
    ["checkpoint", "register", "01J00000000000000000000000", "1", "--created", "yesterday"],
    ["designation", "nominate"],
    ["designation", "serve", "01J00000000000000000000000"],
    ["designation", "open", "01J00000000000000000000000"],
    ["approve", "01J00000000000000000000000", "--reason", "I have read it."],
    ["refuse", "01J00000000000000000000000", "--member", "xa"],
    ["approve", "01J00000000000000000000000", "--member", "xa", "--reason", "yes", "--rev", "0"],
    ["tip", "send"],
    ["tip", "open", "ab".repeat(32)],
    ["tip", "open", "no-hash", "--member", "xa"],
    ["tip", "officer"],
    ["tip", "send", "package.json", "--gateway", "http://127.0.0.1:1"],
    ["tip", "send", "package.json", "--gateway", "no-url", "--genesis", "ab".repeat(32)],
  ]) {
    it(`answers \`${args.join(" ")}\` with exit code 2 and a sentence`, async () => {
      const { code, stderr } = await run(...args);

      assert.equal(code, 2);
      assert.match(stderr, /\S/);
    });
  }

  for (const [group, commands] of [
    ["bond", ["post", "accept", "status", "sweep", "release"]],
    ["checkpoint", ["declare", "register"]],
    ["designation", ["nominate", "serve", "respond", "open", "list", "show", "bundle"]],
    ["approve", []],
    ["refuse", []],
  ] as const) {
    for (const args of [[group], ...commands.map((command) => [group, command])]) {
      it(`ends the help of \`${args.join(" ")}\` with an example`, async () => {
        const { code, stdout } = await run(...args, "--help");

        assert.equal(code, 0);
        assert.match(stdout.trimEnd().split("\n").at(-1) ?? "", /^Example: comity /);
      });
    }
  }

  for (const args of [
    ["status"],
    ["notice", "list"],
    ["alert", "list"],
    ["bond", "status"],
    ["bond", "sweep"],
    ["designation", "list"],
  ]) {
    it(`says how to start a coalition when \`${args.join(" ")}\` finds none`, async () => {
      const { code, stdout, stderr } = await run(...args, "--json", "--data-dir", join(scratch(), "none"));

      assert.equal(code, 1);
      assert.match(stderr, /comity up/);
      const answer = JSON.parse(stdout) as { error: { code: string } };
      assert.equal(answer.error.code, "NETWORK_NOT_FOUND");
    });
  }

  for (const args of [
    ["up", "--ledger", "fabric"],
    ["fabric", "up"],
    ["fabric", "run"],
  ]) {
    it(`makes nothing for \`${args.join(" ")}\` without Fabric's commands, and says how to get them`, async () => {
      const dataDir = join(scratch(), "coalition");

      const { code, stderr, stdout } = await run(...args, "--json", "--data-dir", dataDir);

      assert.equal(code, 1);
      assert.match(stdout, /BINARY_MISSING/);
      assert.match(stderr, /peer, orderer, configtxgen, osnadmin, configtxlator\. Get them/);
      assert.equal(existsSync(dataDir), false);
    });
  }

  it("says what the system refuses where a data directory cannot be made", async () => {
    const file = join(scratch(), "file");
    writeFileSync(file, "");

    const { code, stderr } = await run("up", "--data-dir", join(file, "coalition"));

    assert.equal(code, 1);
    assert.match(stderr, /^ENOTDIR: [^\n]+\.\n$/);
  });
});
