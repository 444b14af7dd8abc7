import assert from "node:assert/strict";
import { BlockAnswers, etagOf } from "../../src/rest/blockAnswers.ts";
import type { ProjectionStatus } from "../../src/service/projectionView.ts";

describe("answers as of a block", () => {
  let height: number;
  let made: number;
  let answers: BlockAnswers;
  const make = (): Promise<unknown> => Promise.resolve({ made: ++made });

  beforeEach(() => {
    height = 1;
    made = 0;
    const status = (): ProjectionStatus => ({ state: "following", height });
    answers = new BlockAnswers({ maxBytes: 100 }, { view: { status } });
  });

  it("are made once for all who ask before the next block", async () => {
    const [first, meanwhile] = await Promise.all([answers.get("/a", make), answers.get("/a", make)]);
    const later = await answers.get("/a", make);

    assert.deepEqual(
      [first, meanwhile, later].map(({ bytes }) => String(bytes)),
      Array(3).fill('{"made":1}'),
    );
    assert.equal(first.etag, etagOf('{"made":1}'));
  });

  it("are made anew for another question, and after the next block", async () => {
    await answers.get("/a", make);
    await answers.get("/b", make);
    height = 2;

    assert.equal(String((await answers.get("/a", make)).bytes), '{"made":3}');
  });

  it("begun before a block are not given out after it", async () => {
    const slow = Promise.withResolvers<unknown>();
    const early = answers.get("/a", () => slow.promise);
    height = 2;
    await answers.get("/a", make);
    slow.resolve("old");
    await early;

    assert.equal(String((await answers.get("/a", make)).bytes), '{"made":1}');
  });

  it("that fail are tried anew", async () => {
    await assert.rejects(async () => answers.get("/a", () => Promise.reject(new Error("away"))));

    assert.equal(String((await answers.get("/a", make)).bytes), '{"made":1}');
  });

  it("take no more room than they may", async () => {
    for (let question = 0; question < 20; question++) await answers.get(`/${question}`, make);
    await answers.get("/0", make);

    assert.equal(made, 21);
  });
});
