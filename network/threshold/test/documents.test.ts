import assert from "node:assert/strict";
import { type DomainError } from "@comity/protocol";
import fc from "fast-check";
import {
  checkDeal,
  createAccusation,
  type Deal,
  decideAccusation,
  decodeAcceptance,
  decodeAccusation,
  decodeDeal,
} from "../src/index.ts";
import { accepted, dealOf, sessionOf } from "./keyGeneration.ts";
import { withCiphertext } from "./malice.ts";

const group = accepted(sessionOf(4, 3));
const { session, accepts, secrets, random } = group;
const deal = dealOf(group, 1);
const badDeal = withCiphertext(deal, 2, "00".repeat(48));
const accusation = createAccusation({ session, deal: badDeal, index: 2, secret: secrets.get(2)!, random });

const documents = {
  acceptance: { decode: decodeAcceptance, good: accepts[0] },
  deal: { decode: decodeDeal, good: deal },
  accusation: { decode: decodeAccusation, good: accusation },
};

const codeOf = (action: () => unknown): string | undefined => {
  try {
    action();
    return undefined;
  } catch (error) {
    return (error as DomainError).code;
  }
};

for (const [name, { decode, good }] of Object.entries(documents)) {
  describe(`the decoder of ${name} documents`, () => {
    it("gives back what was encoded", () => {
      assert.deepEqual(decode(JSON.parse(JSON.stringify(good))), good);
    });

    it("refuses a missing key, an unknown key and a value of another shape", () => {
      for (const key of Object.keys(good!)) {
        for (const value of [
          undefined,
          null,
          0,
          1.5,
          129,
          "",
          "zz",
          [],
          {},
          "0".repeat(1_000),
          "A".repeat(96),
        ]) {
          assert.equal(
            codeOf(() => decode({ ...good, [key]: value })),
            "DOCUMENT_INVALID",
            key,
          );
        }
      }
      assert.equal(
        codeOf(() => decode({ ...good, more: 1 })),
        "DOCUMENT_INVALID",
      );
    });

    it("gives its own error and no other on anything", () => {
      fc.assert(fc.property(fc.anything(), (value) => codeOf(() => decode(value)) === "DOCUMENT_INVALID"));
    });
  });
}

describe("a deal of random bytes", () => {
  const hexOf = (size: number) =>
    fc.uint8Array({ minLength: size, maxLength: size }).map((bytes) => Buffer.from(bytes).toString("hex"));

  it("is refused with a deal's error and no other", () => {
    const parts = fc.record(
      {
        commitments: fc.array(hexOf(48), { minLength: 1, maxLength: 4 }),
        ephemeral: hexOf(48),
        proof: hexOf(64),
        ephemeralProof: hexOf(64),
      },
      { requiredKeys: [] },
    );

    fc.assert(
      fc.property(
        parts.filter((part) => Object.keys(part).length > 0),
        (part) => {
          const code = codeOf(() =>
            checkDeal(session, 1, decodeDeal({ ...deal, ...part }) satisfies Deal, accepts),
          );
          assert.match(String(code), /^DEAL_/);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("is never a reason to throw when it is in an accusation", () => {
    fc.assert(
      fc.property(hexOf(48), hexOf(64), (sharedKey, proof) => {
        const given = { ...accusation, sharedKey, proof };
        assert.equal(decideAccusation(session, badDeal, given, accepts[1]!.encryptionKey), "accuser-wrong");
      }),
      { numRuns: 30 },
    );
  });
});
