import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSecret, removeSecret, writeSecret } from "../../src/store/secretFile.ts";

describe("a secret file", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "comity-secret-"));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it("is readable by its owner only, even where a crash left another one half written", async () => {
    const path = join(folder, "keys", "share.json");
    await writeSecret(path, Buffer.from("old"));
    await writeFile(`${path}.tmp`, "half", { mode: 0o666 });

    await writeSecret(path, Buffer.from("new"));

    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.equal(Buffer.from((await readSecret(path)) ?? []).toString(), "new");
  });

  it("is refused when others may read it", async () => {
    const path = join(folder, "share.json");
    await writeSecret(path, Buffer.from("x"));
    await chmod(path, 0o640);

    await assert.rejects(readSecret(path), { code: "SECRET_FILE_MODE" });
  });

  it("is gone once removed, and removing it again is no error", async () => {
    const path = join(folder, "share.json");
    await writeSecret(path, Buffer.from("x"));

    await removeSecret(path);
    await removeSecret(path);

    assert.equal(await readSecret(path), undefined);
  });
});
