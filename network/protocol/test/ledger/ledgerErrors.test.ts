import assert from "node:assert/strict";
import { ledgerErrorCodes, parseLedgerError } from "../../src/ledger/ledgerErrors.ts";

describe("Ledger error codes", () => {
  it("are distinct", () => {
    assert.equal(new Set(ledgerErrorCodes).size, ledgerErrorCodes.length);
  });

  it("are read back out of what a peer wraps around them", () => {
    const wrapped =
      "10 ABORTED: failed to endorse transaction: chaincode response 500, NOTICE_EXISTS: notice 01J0 says something else";
    assert.deepEqual(parseLedgerError(wrapped), {
      code: "NOTICE_EXISTS",
      text: "notice 01J0 says something else",
    });
  });

  it("are not seen where there are none", () => {
    for (const message of ["", "14 UNAVAILABLE: no connection", "ABORTED: x", "not NOTICE_EXISTS"]) {
      assert.equal(parseLedgerError(message), undefined);
    }
  });
});
