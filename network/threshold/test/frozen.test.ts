import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fromHex, nobleBls } from "@comity/protocol";
import {
  checkDeal,
  decideAccusation,
  groupKeyOf,
  transcriptHash,
  verifyEncryptionKey,
} from "../src/verify.ts";
import { vectors } from "./frozen.ts";

const path = new URL("../../../../test/vectors/threshold/joint-feldman.json", import.meta.url);
const frozen = JSON.parse(readFileSync(path, "utf8")) as ReturnType<typeof vectors>;

describe("the frozen vectors of the key generation", () => {
  const { session, accepts, deals } = frozen;

  it("are made again byte for byte", () => {
    assert.deepEqual(JSON.parse(JSON.stringify(vectors())), frozen);
  });

  it("pass every public check", () => {
    for (const { index, encryptionKey, proof } of accepts) {
      assert.equal(verifyEncryptionKey(session, index, encryptionKey, proof), true);
    }
    for (const deal of deals) checkDeal(session, deal.dealer, deal, accepts);
    assert.deepEqual(groupKeyOf(session, deals).groupKey, fromHex(frozen.groupKey));
    assert.deepEqual(transcriptHash(session, accepts, deals), fromHex(frozen.transcriptHash));
    assert.equal(
      nobleBls.verify(fromHex(frozen.groupKey), fromHex(frozen.digest), fromHex(frozen.signature)),
      true,
    );
  });

  it("hold an accusation that finds the dealer guilty", () => {
    const { deal, accusation } = frozen.accusation;

    assert.equal(decideAccusation(session, deal, accusation, accepts[1]!.encryptionKey), "dealer-guilty");
  });
});
