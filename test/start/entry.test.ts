import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually } from "../system/eventually.ts";
import { processesOf } from "./processesOf.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** The shell and what it started, the command line, ledger and gateway; a chaincode and a node for each of four members. */
const all = 3 + 2 + 2 * 4;

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
    const shell = spawn("sh", ["-c", command], { cwd: root, stdio: "ignore" });
    npm = shell;
    // While they load: that is as good a moment as another.
    await eventually("every process", () => (processesOf(directory).length < all ? undefined : true));

    shell.kill("SIGKILL");

    await eventually("every process gone", () => (processesOf(directory).length === 0 ? true : undefined));
  });
});
