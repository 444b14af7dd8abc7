import assert from "node:assert/strict";
import { LedgerError } from "@comity/ledger";
import {
  defaultRulebook,
  encodeCanonical,
  parseMemberId,
  parseNetworkId,
  validateGenesis,
} from "@comity/protocol";
import { LedgerReader } from "../../src/ledger/ledgerReader.ts";
import { ownMember } from "../../src/ledger/ownMember.ts";

const entry = (index: number, id: string) => ({
  ...{ index, memberId: parseMemberId(id), name: id, mspId: `${id}MSP` },
  identityKey: index.toString(16).padStart(64, "0"),
});
const founders = ["aa", "bb", "cc", "dd"].map((id, at) => entry(at + 1, id));
const clock = { originMs: 0, scale: 1, scaledMs: 0, bucketMs: 1000 };
const genesis = validateGenesis({
  ...{ type: "comity/v1/genesis", name: "test", mode: "evaluation", clock, threshold: 3, members: founders },
  rulebook: defaultRulebook(),
});
const networkId = parseNetworkId("ab".repeat(32));
const register = (members: readonly object[], ledgers: string = networkId): Uint8Array =>
  encodeCanonical({
    ...{ networkId: ledgers, mode: "evaluation", rev: 1, members, former: [] },
    clock,
  });

/** Answers in turn, the last one again and again. */
function deps(...answers: (() => Uint8Array)[]) {
  const stopping = new AbortController();
  const slept: number[] = [];
  const evaluate = () => Promise.resolve().then(answers.length > 1 ? answers.shift()! : answers[0]!);
  return {
    slept,
    stopping,
    reader: new LedgerReader({ networkId, genesis }, { ledger: { evaluate }, verify: () => false }),
    clock: {
      now: () => 0,
      policyNow: () => 0,
      sleep: (ms: number, signal: AbortSignal) => {
        slept.push(ms);
        return signal.aborted ? Promise.reject(signal.reason as Error) : Promise.resolve();
      },
    },
    random: () => 0.5,
    log: { info: () => undefined },
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
