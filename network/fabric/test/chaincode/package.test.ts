import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { decodeRelease, encodeRelease } from "@comity/protocol";
import { parseTar } from "nanotar";
import { packageChaincode } from "../../src/index.ts";

const release = { schemaVersion: 1, version: 2, bundle: "ab".repeat(32), genesis: "cd".repeat(32) } as const;

function filesIn(archive: Uint8Array): Map<string, Uint8Array> {
  return new Map(
    parseTar(Uint8Array.from(gunzipSync(archive))).map(({ name, data }) => [name, data ?? new Uint8Array()]),
  );
}

describe("the chaincode package", () => {
  const whole = packageChaincode(release);
  const { id, bytes } = whole;

  it("is the same to the byte wherever and whenever it is made", () => {
    assert.deepEqual(packageChaincode({ ...release }), whole);
    // Frozen: another Node, another day, another member must find this.
    assert.equal(id, "comity_2:f16c92b3368ff81e868133951283c56a392fbc9025d5712425035382d2dede3b");
  });

  it("says which program it stands for, for which network", () => {
    const code = filesIn(filesIn(bytes).get("code.tar.gz") ?? new Uint8Array());
    const inside = code.get("release.json") ?? new Uint8Array();

    assert.deepEqual(inside, encodeRelease(release));
    assert.deepEqual(decodeRelease(JSON.parse(Buffer.from(inside).toString())), release);
  });

  it("has mutual TLS, and only templates where a member's own values belong", () => {
    const code = filesIn(filesIn(bytes).get("code.tar.gz") ?? new Uint8Array());
    const text = Buffer.from(code.get("connection.json") ?? new Uint8Array()).toString();
    const connection = JSON.parse(text) as Record<string, unknown>;

    assert.equal(connection["tls_required"], true);
    assert.equal(connection["client_auth_required"], true);
    assert.equal(connection["address"], "{{.comity_2}}");
    for (const name of ["client_key", "client_cert", "root_cert"])
      assert.equal(connection[name], `{{.${name}}}`);
  });

  it("may have another name, and then another address", () => {
    const other = packageChaincode(release, "probe");
    const code = filesIn(filesIn(other.bytes).get("code.tar.gz") ?? new Uint8Array());

    assert.equal(other.name, "probe");
    assert.match(other.id, /^probe_2:[0-9a-f]{64}$/);
    assert.match(Buffer.from(code.get("connection.json") ?? []).toString(), /"address":"\{\{\.probe_2\}\}"/);
  });

  it("is another for another program, network or version", () => {
    const others = [
      { ...release, bundle: "ac".repeat(32) },
      { ...release, genesis: "ce".repeat(32) },
      { ...release, version: 3 },
    ];

    assert.equal(new Set([id, ...others.map((each) => packageChaincode(each).id)]).size, 4);
  });
});
