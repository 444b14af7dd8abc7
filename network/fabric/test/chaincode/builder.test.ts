import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const bin = join(fileURLToPath(import.meta.resolve("@comity/fabric/package.json")), "../builder/bin");
const pem = '-----BEGIN PRIVATE KEY-----\nMIGH&$(touch x)`\\1"AgEA\n-----END PRIVATE KEY-----\n';

describe("the external builder", () => {
  let folder: string;
  const at = (name: string): string => join(folder, name);
  const { PATH = "" } = process.env;
  const build = () =>
    spawnSync(join(bin, "build"), [at("source"), at("metadata"), at("output")], {
      env: { PATH, COMITY_CHAINCODE_CONNECTION: at("connection.json") },
      encoding: "utf8",
    });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "comity-builder-"));
    for (const name of ["source", "metadata", "output", "released"]) mkdirSync(at(name));
    writeFileSync(at("metadata/metadata.json"), `{"label":"comity_1","type":"ccaas"}`);
    writeFileSync(at("source/connection.json"), `{"address":"{{.comity_1}}","client_key":"{{.client_key}}"}`);
    const values = { client_key: pem, comity_1: "127.0.0.1:7" };
    writeFileSync(at("connection.json"), JSON.stringify(values, undefined, 2));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("takes chaincode that runs as a service, and no other", () => {
    const detect = () => spawnSync(join(bin, "detect"), [at("source"), at("metadata")]).status;

    assert.equal(detect(), 0);
    writeFileSync(at("metadata/metadata.json"), `{"label":"comity_1","type":"node"}`);
    assert.notEqual(detect(), 0);
  });

  it("fills in a member's values as they are, whatever characters they have, for its own eyes", () => {
    assert.equal(build().status, 0);
    execFileSync(join(bin, "release"), [at("output"), at("released")]);

    const file = at("released/chaincode/server/connection.json");
    assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), { address: "127.0.0.1:7", client_key: pem });
    assert.equal(statSync(file).mode & 0o077, 0);
  });

  it("refuses a package of a version that the member has no server for, and names it", () => {
    writeFileSync(at("source/connection.json"), `{"address":"{{.comity_2}}"}`);

    const { status, stderr } = build();

    assert.notEqual(status, 0);
    assert.match(stderr, /no value for \{\{\.comity_2\}\}/);
  });
});
