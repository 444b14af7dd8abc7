import assert from "node:assert/strict";
import { defaultRulebook, figures } from "@comity/protocol";
import { found, identity } from "../fixture/coalition.ts";

describe("rulebook:Read", () => {
  it("gives this network's figures with unit, source and meaning", async () => {
    const rulebook = { ...defaultRulebook(), projectionHorizonDays: "60" };
    const { ledger } = await found({ rulebook });

    const read = (await ledger.evaluate(identity("jp", "inspector"), "rulebook:Read")) as {
      version: number;
      parameters: { name: string; value: string; unit: string; source: string; text: string }[];
    };

    assert.equal(read.version, 1);
    assert.equal(read.parameters.length, Object.keys(figures).length);
    const horizon = read.parameters.find(({ name }) => name === "projectionHorizonDays");
    const { unit, source, text } = figures.projectionHorizonDays;
    assert.deepEqual(horizon, { name: "projectionHorizonDays", value: "60", unit, source, text });
  });
});
