import assert from "node:assert/strict";
import { LedgerError } from "@comity/ledger";
import { type Genesis, parseMemberId, utf8 } from "@comity/protocol";
import { ownMember } from "../../src/ledger/ownMember.ts";
import type { Log } from "../../src/telemetry/log.ts";

const entry = (index: number, id: string) => ({
  ...{ index, memberId: parseMemberId(id), name: id, mspId: `${id}MSP` },
  identityKey: index.toString(16).padStart(64, "0"),
});
const founders = ["aa", "bb", "cc", "dd"].map((id, at) => entry(at + 1, id));
const genesis = { members: founders } as Pick<Genesis, "members"> as Genesis;
const register = (members: readonly object[]): Uint8Array =>
  utf8(
    JSON.stringify({
      ...{ networkId: "ab".repeat(32), mode: "evaluation", rev: 1, members, former: [] },
      clock: { originMs: 0, scale: 1, scaledMs: 0, bucketMs: 1000 },
    }),
  );

/** Answers in turn, the last one again and again. */
function deps(...answers: (() => Uint8Array)[]) {
  const stopping = new AbortController();
  const slept: number[] = [];
  return {
    slept,
    stopping,
    ledger: {
      evaluate: () => Promise.resolve().then(answers.length > 1 ? answers.shift()! : answers[0]!),
    },
    clock: {
      now: () => 0,
      policyNow: () => 0,
      sleep: (ms: number, signal: AbortSignal) => {
        slept.push(ms);
        return signal.aborted ? Promise.reject(signal.reason as Error) : Promise.resolve();
      },
    },
    random: () => 0.5,
    log: { info: () => undefined } as unknown as Log,
    signal: stopping.signal,
  };
}

const unknown = (): never => {
  throw new LedgerError("CALLER_UNKNOWN", "the caller's organisation is not in the register");
};

describe("A node's own member", () => {
  const joining = { genesis, memberId: parseMemberId("ee") };

  it("is who genesis says, without asking anybody", async () => {
    const founder = await ownMember({ genesis, memberId: parseMemberId("cc") }, deps(unknown));

    assert.equal(founder.index, 3);
  });

  it("is who the register says, once it has joined", async () => {
    const world = deps(
      unknown,
      () => register(founders),
      () => register([...founders, entry(7, "ee")]),
    );

    const joined = await ownMember(joining, world);

    assert.equal(joined.index, 7);
    assert.equal(world.slept.length, 2);
  });

  it("is waited for until the node stops", async () => {
    const world = deps(unknown);
    world.stopping.abort(new Error("the node stops"));

    await assert.rejects(ownMember(joining, world), /the node stops/);
  });

  it("is not taken from what is no register", async () => {
    await assert.rejects(
      ownMember(
        joining,
        deps(() => register([])),
      ),
      { name: "DecodeError" },
    );
  });
});
