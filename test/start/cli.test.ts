import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { comityScript } from "../system/cli.ts";

describe("comity", () => {
  it("ends without a stack trace where its reader has seen enough", async () => {
    const child = spawn(process.execPath, [comityScript, "--help"], { stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();

    assert.equal(await text(child.stderr), "");
  });
});
