import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createAuthority, createTlsAuthority, saveAuthority } from "@comity/fabric";
import { keyPairIn, Layout } from "../../../src/coalition/layout.ts";
import { finishRenewals, issueAnew, takeIntoUse } from "../../../src/coalition/fabric/renewal.ts";
import { scratchDirectories } from "../../scratch.ts";

const names = ["orderer", "orderer-tls", "peer", "peer-tls"] as const;

describe("A renewal of certificates", () => {
  const scratch = scratchDirectories();

  async function issued(): Promise<Layout> {
    const layout = new Layout(scratch());
    const options = { mspId: "XaMSP", organisation: "Aldermark", now: Date.now };
    mkdirSync(layout.member("xa"), { recursive: true });
    await saveAuthority(await createAuthority(options), layout.authority("xa"));
    await saveAuthority(await createTlsAuthority(options), layout.tlsAuthority("xa"));
    for (const name of names) {
      const { certificateFile, keyFile } = layout.keyPair("xa", name);
      for (const file of [certificateFile, keyFile]) writeFileSync(file, "old");
    }
    await issueAnew(layout, "xa", Date.now);
    return layout;
  }
  const inUse = (layout: Layout): string[] =>
    names.map((name) => readFileSync(layout.keyPair("xa", name).certificateFile, "utf8"));
  const prepared = (layout: Layout): string[] =>
    names.map((name) => readFileSync(keyPairIn(layout.renewal("xa"), name).certificateFile, "utf8"));

  it("leaves the old ones in use until the channel has the new ones, and issues none twice", async () => {
    const layout = await issued();
    const first = prepared(layout);

    await issueAnew(layout, "xa", Date.now);
    await finishRenewals(layout, ["xa", "xb"]);

    assert.deepEqual(prepared(layout), first);
    assert.deepEqual(inUse(layout), ["old", "old", "old", "old"]);
  });

  it("takes all new ones into use", async () => {
    const layout = await issued();
    const fresh = prepared(layout);

    await takeIntoUse(layout, "xa");

    assert.deepEqual(inUse(layout), fresh);
    assert.equal(existsSync(layout.renewal("xa")), false);
  });

  it("is finished by the next start where a crash came between two files", async () => {
    const layout = await issued();
    const fresh = prepared(layout);
    writeFileSync(join(layout.renewal("xa"), "decided"), "");
    const { keyFile } = keyPairIn(layout.renewal("xa"), "orderer");
    writeFileSync(layout.keyPair("xa", "orderer").keyFile, readFileSync(keyFile));

    await finishRenewals(layout, ["xa"]);

    assert.deepEqual(inUse(layout), fresh);
    assert.match(readFileSync(layout.keyPair("xa", "orderer").keyFile, "utf8"), /PRIVATE KEY/);
  });
});
