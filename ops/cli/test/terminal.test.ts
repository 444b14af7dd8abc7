import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { terminal } from "../src/terminal.ts";

describe("The terminal", () => {
  it("shows a mark where a text would steer it", () => {
    const out = new PassThrough();
    terminal(false, out, new PassThrough()).result({}, [
      "Not valid: \u001b[2K\rValid\u009b1m\u202e",
      "\u4f60\u597d, \u00e9t\u00e9",
    ]);

    assert.equal(
      String(out.read()),
      "Not valid: \ufffd[2K\ufffdValid\ufffd1m\ufffd\n\u4f60\u597d, \u00e9t\u00e9\n",
    );
  });
});
