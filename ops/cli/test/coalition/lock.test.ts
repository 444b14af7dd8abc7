import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { Layout } from "../../src/coalition/layout.ts";
import { runningSupervisor, takeLock } from "../../src/coalition/lock.ts";
import { scratchDirectories } from "../scratch.ts";

describe("takeLock", () => {
  const scratch = scratchDirectories();

  it("refuses a second supervisor of one directory until the first lets go", () => {
    const layout = new Layout(scratch());

    const release = takeLock(layout);
    assert.equal(runningSupervisor(layout), process.pid);
    assert.throws(() => takeLock(layout), { code: "DATA_DIR_IN_USE" });
    release();

    assert.equal(existsSync(layout.lockFile), false);
    takeLock(layout)();
  });

  it("takes over from a supervisor that was killed", () => {
    const layout = new Layout(scratch());
    const { pid } = spawnSync(process.execPath, ["--version"]);
    writeFileSync(layout.lockFile, String(pid));

    takeLock(layout);

    assert.equal(readFileSync(layout.lockFile, "utf8"), String(process.pid));
  });
});
