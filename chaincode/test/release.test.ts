import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { packageProgram } from "@comity/fabric";
import { sha256, toHex, utf8 } from "@comity/protocol";
import { createTar } from "nanotar";
import { assertRelease, type ServedRelease } from "../src/release.ts";

const genesis = "ab".repeat(32);

describe("assertRelease", () => {
  const folder = mkdtempSync(join(tmpdir(), "comity-release-"));
  const programFile = join(folder, "main.js");
  let served: ServedRelease;

  before(async () => {
    writeFileSync(programFile, "the rules");
    const { id, bytes } = await packageProgram(programFile, { version: 3, genesis });
    served = { chaincodeId: id, packageBytes: bytes, programBytes: utf8("the rules"), genesis };
  });
  after(() => rmSync(folder, { recursive: true }));

  it("takes the program and the network that the package names", () => {
    assert.doesNotThrow(() => assertRelease(served));
  });

  it("refuses a program that differs in one byte", () => {
    const programBytes = utf8("the rulez");

    assert.throws(() => assertRelease({ ...served, programBytes }), { code: "RELEASE_PROGRAM" });
  });

  it("refuses another network", () => {
    assert.throws(() => assertRelease({ ...served, genesis: "cd".repeat(32) }), { code: "RELEASE_NETWORK" });
  });

  it("refuses a package that the peer has not installed, though it names the program", async () => {
    const { bytes } = await packageProgram(programFile, { version: 4, genesis });

    assert.throws(() => assertRelease({ ...served, packageBytes: bytes }), { code: "RELEASE_PACKAGE" });
  });

  for (const [what, packageBytes] of [
    ["no archive", utf8("nothing")],
    ["an archive without code", gzipSync(createTar([{ name: "metadata.json", data: "{}" }]))],
    ["an archive that swells", gzipSync(Buffer.alloc(2 ** 22))],
  ] as const) {
    it(`refuses ${what}, whatever its name`, () => {
      const chaincodeId = `comity_3:${toHex(sha256(packageBytes))}`;

      assert.throws(() => assertRelease({ ...served, chaincodeId, packageBytes }), {
        code: "RELEASE_PACKAGE",
      });
    });
  }
});
