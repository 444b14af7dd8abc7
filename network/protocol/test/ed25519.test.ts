import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fromHex, isStrongEd25519Key, utf8, verifyEd25519 } from "../src/index.ts";
import { satisfiesEd25519 as native } from "../src/primitives/native.ts";
import { satisfiesEd25519 as portable } from "../src/primitives/portable.ts";
import { isStrictEd25519 } from "../src/ed25519.ts";
import { publicKey, sign } from "./fixture.ts";

const message = utf8("message");
const signature = sign("alice", message);
const key = publicKey("alice");

interface Vector {
  readonly key: string;
  readonly sig: string;
  readonly msg: string;
}

/** The published edge cases (C2SP CCTV), where the data is at hand. */
function vectors(): Vector[] {
  const folder = join(process.env["COMITY_DATA"] ?? "", "vectors/ed25519-cctv");
  const file = existsSync(folder) ? readdirSync(folder).find((name) => name.endsWith(".json")) : undefined;
  return file === undefined ? [] : (JSON.parse(readFileSync(join(folder, file), "utf8")) as Vector[]);
}

describe("Ed25519", () => {
  it("accepts a good signature and refuses each flipped byte of it", () => {
    assert.ok(verifyEd25519(key, message, signature));
    signature.forEach((byte, at) => assert.ok(!verifyEd25519(key, message, signature.with(at, byte ^ 1))));
  });

  it("refuses keys of small order", () => {
    for (const weak of ["01" + "00".repeat(31), "00".repeat(32), "ec" + "ff".repeat(30) + "7f"]) {
      assert.ok(!isStrongEd25519Key(fromHex(weak)));
      assert.ok(!verifyEd25519(fromHex(weak), message, signature));
    }
    assert.ok(isStrongEd25519Key(key));
  });

  it("refuses other lengths without throwing", () => {
    assert.ok(!verifyEd25519(key.subarray(1), message, signature));
    assert.ok(!verifyEd25519(key, message, signature.subarray(1)));
    assert.ok(!isStrongEd25519Key(new Uint8Array(31)));
  });

  it("has one verdict in Node and anywhere on all published edge cases", function () {
    const cases = vectors();
    if (cases.length === 0) return this.skip();
    let accepted = 0;
    for (const vector of cases) {
      const [publicBytes, sig, msg] = [fromHex(vector.key), fromHex(vector.sig), utf8(vector.msg)];
      const verdict = verifyEd25519(publicBytes, msg, sig);
      if (isStrictEd25519(publicBytes, sig)) {
        assert.equal(native(publicBytes, msg, sig), verdict);
        assert.equal(portable(publicBytes, msg, sig), verdict);
      }
      accepted += Number(verdict);
    }
    assert.equal(accepted, 43);
  });
});
