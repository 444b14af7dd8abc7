import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { join } from "node:path";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createNetwork } from "../src/coalition/createNetwork.ts";
import { Layout } from "../src/coalition/layout.ts";
import { runCommand } from "../src/program.ts";
import { scratchDirectories } from "./scratch.ts";

const notice = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../example/notice.json"), "utf8"),
) as object;
const bond = { principal: "northlight", surety: "harbour-vale", penalMinor: "25000000000" };

const vectors = (name: string): Record<string, string> => {
  const file = join(import.meta.dirname, "../../../../test/vectors/comity", name);
  return JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;
};
const formatVectors = vectors("formats.json") as { networkId: string };
const registryVectors = vectors("registry.json") as { listedBundle: string };
const nomination = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../example/nomination.json"), "utf8"),
) as object;

async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const out = { stdout: "", stderr: "" };
  const into = (name: "stdout" | "stderr") =>
    new Writable({
      write: (chunk: Buffer, _, done) => {
        out[name] += chunk.toString();
        done();
      },
    });
  const world = { now: () => 0, startedMs: 0, interrupted: new AbortController().signal, search: {} };
  const code = await runCommand(args, { ...world, stdout: into("stdout"), stderr: into("stderr") });
  return { code, ...out };
}

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

describe("comity in a coalition that is not running", function () {
  this.timeout(20_000); // keys are drawn

  const scratch = scratchDirectories();
  let dataDir: string;

  before(async () => {
    dataDir = join(scratch(), "coalition");
    const clock = { scale: 1, scaledMs: 0, bucketMs: 300_000 };
    await createNetwork(new Layout(dataDir), { members: 4, clock }, Date.now);
  });

  async function refusal(
    ...args: string[]
  ): Promise<{ code: number; error: { code: string }; stderr: string }> {
    const { code, stdout, stderr } = await run(...args, "--json", "--data-dir", dataDir);
    return { code, stderr, ...(JSON.parse(stdout) as { error: { code: string } }) };
  }

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

  for (const [what, text, expected] of [
    ["no JSON", "{", "FILE_UNREADABLE"],
    ["a penal sum that is a number", JSON.stringify({ ...bond, penalMinor: 25e9 }), "DOCUMENT_WRONG"],
    ["no principal", JSON.stringify({ ...bond, principal: undefined }), "DOCUMENT_WRONG"],
  ] as const) {
    it(`refuses to post a bond with ${what}`, async () => {
      const file = join(scratch(), "bond.json");
      writeFileSync(file, text);

      const { code, error } = await refusal("bond", "post", file, "--notice", "01J00000000000000000000000");

      assert.deepEqual([code, error.code], [1, expected]);
    });
  }

  it("says which notice a bond's example lacks", async () => {
    const file = join(import.meta.dirname, "../../example/bond.json");

    const { error, stderr } = await refusal("bond", "post", file);

    assert.equal(error.code, "DOCUMENT_WRONG");
    assert.match(stderr, /noticeId/);
  });

  it("hashes weights with a salt that it draws once and keeps to their owner", async () => {
    const file = join(scratch(), "weights");
    writeFileSync(file, "weights");
    const args = ["checkpoint", "register", "01J00000000000000000000000", "1", "--file", file];

    await refusal(...args);
    const salt = readFileSync(`${file}.salt`, "utf8");
    await refusal(...args);

    assert.match(salt, /^[0-9a-f]{64}\n$/);
    assert.equal(readFileSync(`${file}.salt`, "utf8"), salt);
    assert.equal(statSync(`${file}.salt`).mode & 0o777, 0o600);
  });

  for (const [what, args, expected] of [
    ["nothing to hash", [], "USAGE"],
    ["weights that are not there", ["--file", "/nonexistent/weights"], "FILE_UNREADABLE"],
    ["a hash that is none", ["--salted-hash", "abc"], "DOCUMENT_WRONG"],
  ] as const) {
    it(`refuses to register a model checkpoint with ${what}`, async () => {
      const { error } = await refusal("checkpoint", "register", "01J00000000000000000000000", "1", ...args);
      assert.equal(error.code, expected);
    });
  }

  it("refuses a member that it has not", async () => {
    const file = join(scratch(), "notice.json");
    writeFileSync(file, JSON.stringify(notice));

    const { code, error, stderr } = await refusal("notice", "file", file, "--member", "zz");

    assert.deepEqual([code, error.code], [2, "USAGE"]);
    assert.match(stderr, /xa, xb, xc, xd/);
  });

  for (const [what, text, expected] of [
    ["no JSON", "{", "FILE_UNREADABLE"],
    ["a list", "[]", "DOCUMENT_WRONG"],
    ["a key that notices do not have", JSON.stringify({ ...notice, colour: "blue" }), "DOCUMENT_WRONG"],
    [
      "compute that is no decimal",
      JSON.stringify({ ...notice, compute: { incrementalFlop: 1e24 } }),
      "DOCUMENT_WRONG",
    ],
    ["no dates", JSON.stringify({ ...notice, lastsDays: undefined }), "DOCUMENT_WRONG"],
  ] as const) {
    it(`refuses to file ${what}`, async () => {
      const file = join(scratch(), "notice.json");
      writeFileSync(file, text);

      const { code, error } = await refusal("notice", "file", file);

      assert.deepEqual([code, error.code], [1, expected]);
    });
  }

  for (const [what, text, expected] of [
    ["no JSON", "{", "FILE_UNREADABLE"],
    ["no evidence", JSON.stringify({ ...nomination, evidence: [] }), "DOCUMENT_WRONG"],
    ["a hash that is none", JSON.stringify({ ...nomination, evidence: ["abc"] }), "DOCUMENT_WRONG"],
    [
      "evidence that is not there",
      JSON.stringify({ ...nomination, evidence: undefined, evidenceFiles: ["missing.pdf"] }),
      "FILE_UNREADABLE",
    ],
    [
      "a key that nominations do not have",
      JSON.stringify({ ...nomination, colour: "blue" }),
      "DOCUMENT_WRONG",
    ],
  ] as const) {
    it(`refuses to nominate with ${what}`, async () => {
      const file = join(scratch(), "nomination.json");
      writeFileSync(file, text);

      const { code, error } = await refusal("designation", "nominate", file);

      assert.deepEqual([code, error.code], [1, expected]);
    });
  }

  it("takes the example of a nomination as it is, and hashes evidence beside it", async () => {
    const directory = scratch();
    const file = join(directory, "nomination.json");
    writeFileSync(join(directory, "letter.txt"), "evidence");
    writeFileSync(
      file,
      JSON.stringify({ ...nomination, evidence: undefined, evidenceFiles: ["letter.txt"] }),
    );

    for (const each of [file, join(import.meta.dirname, "../../example/nomination.json")]) {
      const { code, error } = await refusal("designation", "nominate", each);
      assert.deepEqual([code, error.code], [1, "LEDGER_UNAVAILABLE"]);
    }
  });

  it("refuses an id that is none", async () => {
    const { code, error } = await refusal("designation", "show", "01J");
    assert.deepEqual([code, error.code], [1, "ID_INVALID"]);
  });
});
