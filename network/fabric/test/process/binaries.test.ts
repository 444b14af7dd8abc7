import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { binaryNames, findBinaries } from "../../src/index.ts";
import { parseVersion } from "../../src/process/binaries.ts";

describe("findBinaries", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "comity-binaries-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Programs that say what Fabric's say about themselves. */
  function put(version: string, names: readonly string[] = binaryNames): void {
    for (const name of names) {
      const file = join(folder, name);
      writeFileSync(file, `#!/bin/sh\necho "${name}:\n Version: ${version}\n Commit SHA: 1234567"\n`);
      chmodSync(file, 0o755);
    }
  }

  it("finds them in FABRIC_BIN before PATH", async () => {
    put("v3.1.5");

    const binaries = await findBinaries({ FABRIC_BIN: folder, PATH: "/nowhere" });

    for (const name of binaryNames) assert.equal(binaries[name], join(folder, name));
  });

  it("finds them in PATH", async () => {
    put("v3.1.1");

    assert.equal((await findBinaries({ PATH: `/nowhere:${folder}` })).peer, join(folder, "peer"));
  });

  it("names all that are missing, and how to get them", async () => {
    put("v3.1.5", ["peer", "orderer"]);

    await assert.rejects(findBinaries({ FABRIC_BIN: folder, PATH: "" }), (error: Error) => {
      assert.match(error.message, /not found in FABRIC_BIN .*: configtxgen, osnadmin, configtxlator\./);
      assert.match(error.message, /install-fabric\.sh/);
      return "code" in error && error.code === "BINARY_MISSING";
    });
  });

  it("does not take a file that cannot be run", async () => {
    put("v3.1.5");
    chmodSync(join(folder, "osnadmin"), 0o644);

    await assert.rejects(findBinaries({ FABRIC_BIN: folder, PATH: "" }), { code: "BINARY_MISSING" });
  });

  for (const version of ["v3.0.0", "v3.1.0", "2.5.12"]) {
    it(`refuses ${version}, and says why`, async () => {
      put(version);

      await assert.rejects(findBinaries({ FABRIC_BIN: folder }), (error: Error) => {
        assert.match(error.message, /needs 3\.1\.1 or later, since orderers of 3\.0 stop under load/);
        return "code" in error && error.code === "BINARY_OLD";
      });
    });
  }

  it("takes a build that does not know its version", async () => {
    put("latest");

    assert.equal((await findBinaries({ FABRIC_BIN: folder })).orderer, join(folder, "orderer"));
  });

  it("compares versions by number", () => {
    assert.deepEqual(parseVersion("peer:\n Version: v3.10.2\n"), [3, 10, 2]);
    assert.equal(parseVersion("peer:\n Version: latest\n"), undefined);
  });
});
