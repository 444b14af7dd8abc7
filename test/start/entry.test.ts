import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { eventually } from "../system/eventually.ts";
import { processesOf } from "./processesOf.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

describe("npm start", function () {
  this.timeout(60_000);

  const directory = mkdtempSync(join(tmpdir(), "comity-entry-"));
  let npm: ChildProcess | undefined;

  after(() => {
    npm?.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  });

  it("leaves no process behind where npm is ended and tells nobody", async () => {
    // The shell stands for npm's, which a signal ends without its children.
    const command = `"${process.execPath}" ops/entry.mjs start --data-dir "${directory}/coalition"; true`;
    const shell = spawn("sh", ["-c", command], { cwd: root, stdio: ["ignore", "pipe", "ignore"] });
    npm = shell;
    for await (const line of createInterface({ input: shell.stdout })) {
      if (line.includes("The ledger is up")) break;
    }
    assert.ok(processesOf(directory).length > 0);

    shell.kill("SIGKILL");

    await eventually("every process gone", () => (processesOf(directory).length === 0 ? true : undefined));
  });
});
