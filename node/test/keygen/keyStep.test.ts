import assert from "node:assert/strict";
import fc from "fast-check";
import { nextAction, type Board, type KeyFacts, type OwnKey } from "../../src/keygen/keyStep.ts";

const empty: Board = {
  ...{ attempt: 1, threshold: 3, phase: "accept", openedMs: 1000, phaseOpenedMs: 1000 },
  ...{
    excluded: [],
    disqualified: [],
    qualified: [],
    accepts: [],
    deals: [],
    closedVotes: [],
    confirms: [],
    signatures: [],
  },
};
const nothing: OwnKey = { secrets: undefined, openings: new Map(), hasShare: false };
const facts: KeyFacts = {
  ...{
    index: 2,
    memberCount: 4,
    nowMs: 1000,
    sinceMs: 1000,
    windowMs: 500,
    staggerMs: 100,
    patienceMs: 9000,
  },
  isEverybodyRegistered: true,
};
const accept = (index: number) => ({ index, encryptionKey: `key ${index}`, proof: "" });
const deal = (index: number) => ({
  index,
  deal: { dealer: index, commitments: [], proof: "", ephemeral: "", ephemeralProof: "", shares: [] },
});
const confirm = (index: number) => ({ index, partial: "" });
const signature = (index: number) => ({ index, signature: "" });
const secrets = { encryptionKey: "key 2", hasDeal: false };
const all = [1, 2, 3, 4];
const opened = (...dealers: number[]) => new Map(dealers.map((dealer) => [dealer, "good" as const]));
const dealt: Board = { ...empty, phase: "deal", accepts: all.map(accept), deals: all.map(deal) };
const confirming: Board = { ...dealt, phase: "confirm", qualified: all };
const signing: Board = { ...confirming, phase: "sign" };

const cases: [string, Partial<Board>, Partial<OwnKey>, Partial<KeyFacts>, unknown][] = [
  ["waits for its turn to propose", { phase: "none", attempt: 0 }, {}, {}, { do: "wait", untilMs: 1100 }],
  [
    "proposes when it is its turn",
    { phase: "none", attempt: 0 },
    {},
    { nowMs: 1100 },
    { do: "propose", attempt: 1 },
  ],
  [
    "waits patiently for members that have no node yet",
    { phase: "none", attempt: 0 },
    {},
    { nowMs: 1100, isEverybodyRegistered: false },
    { do: "wait", untilMs: 10_100 },
  ],
  [
    "proposes the next attempt after one that failed",
    { phase: "aborted" },
    {},
    { nowMs: 1100 },
    { do: "propose", attempt: 2 },
  ],
  ["makes an encryption key first", {}, {}, {}, { do: "prepare-accept" }],
  ["sends the key that is on disk", {}, { secrets }, {}, { do: "send-accept" }],
  [
    "closes a complete phase when it is its turn",
    { accepts: all.map(accept) },
    { secrets },
    { nowMs: 1100 },
    { do: "close", phase: "accept" },
  ],
  ["waits for the window", { accepts: [accept(2)] }, { secrets }, {}, { do: "wait", untilMs: 1500 }],
  [
    "votes after the window",
    { accepts: [accept(2)] },
    { secrets },
    { nowMs: 1500 },
    { do: "close", phase: "accept" },
  ],
  ["votes once", { accepts: [accept(2)], closedVotes: [2] }, { secrets }, { nowMs: 1500 }, { do: "wait" }],
  ["makes its deal", { ...dealt, deals: [] }, { secrets }, {}, { do: "prepare-deal" }],
  [
    "sends the deal that is on disk",
    { ...dealt, deals: [] },
    { secrets: { ...secrets, hasDeal: true } },
    {},
    { do: "send-deal" },
  ],
  [
    "does not deal when it is excluded",
    { ...dealt, deals: [], excluded: [2] },
    { secrets },
    {},
    { do: "wait", untilMs: 1500 },
  ],
  ["cannot deal when it lost its secrets", { ...dealt, deals: [] }, {}, {}, { do: "wait", untilMs: 1500 }],
  ["opens deals one by one", dealt, { secrets, openings: opened(1) }, {}, { do: "open", dealer: 2 }],
  [
    "accuses before anything else",
    dealt,
    { secrets, openings: new Map([[3, "bad"]]) },
    {},
    { do: "accuse", dealer: 3 },
  ],
  [
    "makes its share of all deals that count",
    confirming,
    { secrets, openings: opened(...all) },
    {},
    { do: "assemble" },
  ],
  [
    "confirms with the share on disk",
    confirming,
    { secrets, openings: opened(...all), hasShare: true },
    {},
    { do: "confirm" },
  ],
  [
    "leaves the others the window to accuse",
    { ...confirming, confirms: [1, 2, 3].map(confirm) },
    { hasShare: true },
    {},
    { do: "wait", untilMs: 1500 },
  ],
  [
    "closes the confirming once all are in",
    { ...confirming, confirms: all.map(confirm) },
    { hasShare: true },
    { nowMs: 1100 },
    { do: "close", phase: "confirm" },
  ],
  ["vouches for the record once nothing can end the attempt", signing, {}, {}, { do: "sign" }],
  [
    "waits for others to vouch",
    { ...signing, signatures: [1, 2].map(signature) },
    {},
    { nowMs: 9999 },
    { do: "wait" },
  ],
  [
    "gives who is late a moment to vouch",
    { ...signing, signatures: [1, 2, 3].map(signature) },
    {},
    { nowMs: 1100 },
    { do: "wait", untilMs: 1200 },
  ],
  [
    "activates a key whose record enough vouch for",
    { ...signing, signatures: [1, 2, 3].map(signature) },
    {},
    { nowMs: 1200 },
    { do: "activate" },
  ],
  [
    "activates a key whose record all vouch for",
    { ...signing, signatures: all.map(signature) },
    {},
    { nowMs: 1100 },
    { do: "activate" },
  ],
  [
    "gives up on confirmations that do not come",
    { ...confirming, confirms: [confirm(2)] },
    { hasShare: true },
    { nowMs: 1500 },
    { do: "close", phase: "confirm" },
  ],
  [
    "takes up its share late",
    { ...confirming, phase: "active" },
    { secrets, openings: opened(...all) },
    {},
    { do: "assemble" },
  ],
  [
    "knows that it has no share",
    { ...confirming, phase: "active" },
    {},
    {},
    { do: "done", holdsShare: false },
  ],
  [
    "is done with its share",
    { ...confirming, phase: "active" },
    { hasShare: true },
    {},
    { do: "done", holdsShare: true },
  ],
];

describe("a step of the key generation", () => {
  for (const [what, board, own, more, expected] of cases) {
    it(what, () => {
      assert.deepEqual(
        nextAction({ ...empty, ...board }, { ...nothing, ...own }, { ...facts, ...more }),
        expected,
      );
    });
  }

  it("never throws, whatever the board looks like", () => {
    const some = fc.subarray(all);
    const boards = fc.record({
      phase: fc.constantFrom<Board["phase"][]>(
        ...(["none", "accept", "deal", "confirm", "sign", "active", "aborted"] as const),
      ),
      accepts: some.map((members) => members.map(accept)),
      deals: some.map((members) => members.map(deal)),
      confirms: some.map((members) => members.map(confirm)),
      signatures: some.map((members) => members.map(signature)),
      ...{ excluded: some, disqualified: some, qualified: some, closedVotes: some },
    });
    const openings = fc.dictionary(
      fc.constantFrom("1", "2", "3", "4"),
      fc.constantFrom<["good", "bad"]>("good", "bad"),
    );

    fc.assert(
      fc.property(
        boards,
        openings,
        fc.boolean(),
        fc.boolean(),
        fc.nat(5000),
        (board, found, hasSecrets, hasShare, nowMs) => {
          const own = {
            secrets: hasSecrets ? secrets : undefined,
            openings: new Map(Object.entries(found).map(([dealer, verdict]) => [Number(dealer), verdict])),
            hasShare,
          };
          const action = nextAction({ ...empty, ...board }, own, { ...facts, nowMs });

          if (action.do === "done") assert.equal(board.phase, "active");
          if (["send-deal", "prepare-deal", "open", "accuse"].includes(action.do)) assert.ok(hasSecrets);
        },
      ),
    );
  });
});
