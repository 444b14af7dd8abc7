import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as main from "../src/index.ts";
import type * as Verify from "../src/verify.ts";

describe("@comity/threshold/verify", () => {
  it("loads in CommonJS, as chaincode loads it", () => {
    const verify = createRequire(import.meta.url)("@comity/threshold/verify") as typeof Verify;

    assert.equal(verify.checkDeal, main.checkDeal);
  });

  it("reaches neither native code nor Node's modules nor anything that makes secrets", () => {
    const reached = importsFrom(new URL("../src/verify.js", import.meta.url));

    assert.ok(reached.has("@noble/curves/bls12-381.js"));
    for (const name of reached) {
      assert.doesNotMatch(name, /blst|^node:|random|prove|create|open|signing/);
    }
  });
});

/** What a compiled module imports, through all files of this package. */
function importsFrom(url: URL, seen = new Set<string>()): Set<string> {
  for (const [, name] of readFileSync(url, "utf8").matchAll(/from "([^"]+)"/g)) {
    if (name === undefined || seen.has(name)) continue;
    seen.add(name);
    if (name.startsWith(".")) importsFrom(new URL(name, url), seen);
  }
  return seen;
}
