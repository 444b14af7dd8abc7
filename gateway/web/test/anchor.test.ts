import assert from "node:assert/strict";
import { openGenesis, readAnchor } from "../src/anchor.ts";
import { trustVerdict } from "../src/view/trust.ts";

const genesis = "5f".repeat(32);

describe("anchor", () => {
  it("is the fingerprint in the fragment", () => {
    assert.deepEqual(readAnchor(`#genesis=${genesis}`), { kind: "given", genesis });
    assert.deepEqual(readAnchor(`#alert=1&genesis=${genesis}`), { kind: "given", genesis });
  });

  it("is missing where there is none", () => {
    for (const fragment of ["", "#", "#alerts", "#genesis="])
      assert.equal(readAnchor(fragment).kind, "missing");
  });

  it("is malformed where it is not 64 lower-case hexadecimal digits", () => {
    for (const value of ["5f0c", genesis.toUpperCase(), `${genesis}0`, `${genesis.slice(1)}g`]) {
      assert.equal(readAnchor(`#genesis=${value}`).kind, "malformed", value);
    }
  });

  it("opens no genesis record but its own", () => {
    assert.equal(openGenesis(new TextEncoder().encode("{}"), { kind: "given", genesis }), undefined);
    assert.equal(openGenesis(new Uint8Array(), { kind: "missing" }), undefined);
  });
});

describe("trust", () => {
  const anchor = { kind: "given", genesis } as const;
  const none = { anchor, genesis: undefined, verified: 0, broken: 0, checking: 0 };

  it("is never given before a fingerprint is brought and everything is checked", () => {
    assert.equal(trustVerdict({ ...none, anchor: { kind: "missing" }, verified: 3 }).kind, "unanchored");
    assert.equal(trustVerdict({ ...none, anchor: { kind: "malformed" }, verified: 3 }).kind, "unanchored");
    assert.equal(trustVerdict({ ...none, verified: 3 }).kind, "checking");
    assert.equal(trustVerdict({ ...none, checking: 1 }).kind, "checking");
  });

  it("is lost by one broken alert or another genesis record, whatever else verifies", () => {
    assert.equal(trustVerdict({ ...none, verified: 9, broken: 1, checking: 1 }).kind, "broken");
    assert.equal(trustVerdict({ ...none, genesis: null, verified: 9 }).kind, "broken");
  });
});
