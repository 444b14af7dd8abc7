import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stoppedCoalition } from "./commandLine.ts";
import { scratchDirectories } from "./scratch.ts";

const notice = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../example/notice.json"), "utf8"),
) as object;
const bond = { principal: "northlight", surety: "harbour-vale", penalMinor: "25000000000" };
const nomination = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../example/nomination.json"), "utf8"),
) as object;

describe("comity in a coalition that is not running", function () {
  this.timeout(20_000); // keys are drawn

  const scratch = scratchDirectories();
  const refusal = stoppedCoalition(scratch);

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
});
