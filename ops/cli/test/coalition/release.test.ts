import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { Layout } from "../../src/coalition/layout.ts";
import { readCommitted, type Release, writeCommitted } from "../../src/coalition/release.ts";
import { scratchDirectories } from "../scratch.ts";

describe("The note of which chaincode is in force", () => {
  const scratch = scratchDirectories();

  function layoutWith(text?: string): Layout {
    const layout = new Layout(scratch());
    mkdirSync(layout.fabric);
    if (text !== undefined) writeFileSync(layout.committedRelease, text);
    return layout;
  }

  it("is read as it was written, and is not there before", async () => {
    const layout = layoutWith();
    assert.equal(readCommitted(layout), undefined);

    const release = { version: 2, sequence: 3, package: { id: "comity_2:ab" } } as Release;
    await writeCommitted(layout, release);

    assert.deepEqual(readCommitted(layout), { version: 2, sequence: 3, packageId: "comity_2:ab" });
  });

  for (const text of ["", "{", `{"version":1}`, `{"version":0,"sequence":1,"packageId":"x"}`]) {
    it(`is refused where it is damaged: ${JSON.stringify(text)}`, () => {
      assert.throws(() => readCommitted(layoutWith(text)), { code: "DATA_DIR_DAMAGED" });
    });
  }
});
