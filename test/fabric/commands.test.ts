import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processesOf } from "../start/processesOf.ts";
import { comity } from "../system/cli.ts";
import { eventually } from "../system/eventually.ts";

interface Process {
  readonly name: string;
  readonly isWell: boolean;
  readonly height?: number;
}

interface Status {
  readonly ok: boolean;
  readonly processes: readonly Process[];
}

describe("comity fabric", function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "comity-fabric-"));
  const dataDir = join(folder, "network");
  const fabric = async (...args: string[]) => {
    const { code, stdout, stderr } = await comity("fabric", ...args, "--json", "--data-dir", dataDir);
    return { code, stderr, answer: JSON.parse(stdout) as unknown };
  };
  const status = async (): Promise<Status> => (await fabric("status")).answer as Status;

  after(async () => {
    await fabric("down");
    rmSync(folder, { recursive: true, force: true });
  });

  it("up ends once every gateway can endorse, and leaves the network running", async () => {
    const { code, stderr } = await fabric("up");

    assert.equal(code, 0, stderr);
    const { ok, processes } = await status();
    assert.equal(ok, true);
    assert.deepEqual(
      processes.map(({ name }) => name).sort(),
      ["orderer", "peer"].flatMap((kind) => ["xa", "xb", "xc", "xd"].map((id) => `${kind}-${id}`)),
    );
  });

  it("status shows that all have come equally far", async () => {
    const heights = await eventually("the same height everywhere", async () => {
      const found = new Set((await status()).processes.map(({ height }) => height));
      return found.size === 1 ? [...found] : undefined;
    });

    assert.ok((heights[0] ?? 0) > 1);
  });

  it("up refuses a network that runs, and says which process runs it", async () => {
    const { code, stderr } = await fabric("up");

    assert.equal(code, 1);
    assert.match(stderr, /^Process \d+ runs the network/);
  });

  it("leaves no process behind where the one that runs it is killed", async () => {
    process.kill(Number(readFileSync(join(dataDir, "up.pid"), "utf8")), "SIGKILL");

    await eventually("no process of the network", () =>
      Promise.resolve(processesOf(dataDir).length === 0 ? true : undefined),
    );
  });

  it("up takes up a network that was killed, and down ends it", async () => {
    // It left its word that it was ready; the next one must not take that for its own.
    assert.equal(existsSync(join(dataDir, "up.ready")), true);
    const up = await fabric("up");
    assert.equal(up.code, 0, up.stderr);
    assert.equal((await status()).ok, true);

    const down = await fabric("down");

    assert.equal(down.code, 0);
    assert.deepEqual(processesOf(dataDir), []);
    assert.equal((await status()).ok, false);
  });
});
