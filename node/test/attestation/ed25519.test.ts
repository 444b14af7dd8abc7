import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { utf8, verifyEd25519 } from "@comity/protocol";
import { createEd25519Verify } from "../../src/attestation/ed25519.ts";

interface Vector {
  readonly key: string;
  readonly sig: string;
  readonly msg: string;
}

describe("createEd25519Verify", () => {
  const verify = createEd25519Verify({ maxKeys: 4 });

  it("accepts what was signed and refuses anything else", () => {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const key = publicKey.export({ format: "der", type: "spki" }).subarray(12);
    const signature = sign(null, utf8("evidence"), privateKey);

    assert.equal(verify(key, utf8("evidence"), signature), true);
    assert.equal(verify(key, utf8("evidencf"), signature), false);
    assert.equal(verify(key, utf8("evidence"), signature.subarray(1)), false);
    assert.equal(verify(key.subarray(1), utf8("evidence"), signature), false);
  });

  it("gives protocol's verdict on every published edge case", function () {
    const data = process.env["COMITY_DATA"];
    const path = join(data ?? "", "vectors/ed25519-cctv/cctv-ed25519vectors.json");
    if (data === undefined || !existsSync(path)) {
      console.log("      skipped: COMITY_DATA is not set or lacks vectors/ed25519-cctv");
      this.skip();
    }
    this.timeout(60_000);
    const vectors = JSON.parse(readFileSync(path, "utf8")) as Vector[];

    const verdicts = vectors.map(({ key, sig, msg }) => {
      const [k, s] = [Buffer.from(key, "hex"), Buffer.from(sig, "hex")];
      return [verify(k, utf8(msg), s), verifyEd25519(k, utf8(msg), s)];
    });

    assert.equal(vectors.length, 914);
    assert.deepEqual(
      verdicts.map(([ours]) => ours),
      verdicts.map(([, theirs]) => theirs),
    );
    assert.equal(verdicts.filter(([ours]) => ours).length, 43);
  });
});
