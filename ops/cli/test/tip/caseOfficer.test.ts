import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { LedgerClient } from "@comity/ledger";
import {
  openingDocument,
  type OpeningDocument,
  openingIdOf,
  parseMemberId,
  parseNetworkId,
  toHex,
} from "@comity/protocol";
import {
  cellHashOf,
  createSealingKey,
  openShare,
  passShare,
  sealTip,
  type SealingKeyPair,
} from "@comity/tip";
import { type CaseOfficer, openRequest, ownRequest, readTip } from "../../src/tip/caseOfficer.ts";

const networkId = parseNetworkId("ab".repeat(32));
const memberIds = ["xa", "xb", "xc"];
const noLedger = {} as LedgerClient;

describe("A case officer", function () {
  this.timeout(20_000);
  const keys = new Map<string, SealingKeyPair>();
  let cell: Uint8Array;
  let cellHash: string;
  const officer = (memberId: string): CaseOfficer => ({
    memberId,
    secret: keys.get(memberId)!.secret,
    ledger: noLedger,
  });

  before(async () => {
    for (const memberId of memberIds) keys.set(memberId, await createSealingKey(randomBytes));
    const officers = memberIds.map((memberId) => ({ memberId, sealingKey: keys.get(memberId)!.sealingKey }));
    cell = await sealTip({ networkId, officers, text: "They trained at night.", random: randomBytes });
    cellHash = cellHashOf(cell);
  });

  async function passedBy(
    memberId: string,
    spoil: (byte: number) => number = (byte) => byte,
  ): Promise<string> {
    const share = await openShare(cell, keys.get(memberId)!.secret);
    const spoilt = { ...share, share: share.share.map((byte, i) => (i === 0 ? spoil(byte) : byte)) };
    return toHex(await passShare(cell, spoilt, keys.get("xa")!.sealingKey, randomBytes));
  }

  function opening(
    approvals: readonly (readonly [memberId: string, passedShare: string])[],
  ): OpeningDocument {
    return openingDocument({
      ...{ schemaVersion: 1, rev: 1 + approvals.length, openingId: openingIdOf(cellHash, "xa"), cellHash },
      ...{
        requestedBy: "xa",
        sealingKey: toHex(keys.get("xa")!.sealingKey),
        reason: "credible",
        requestedMs: 0,
      },
      status: approvals.length === 0 ? "requested" : "approved",
      approvals: approvals.map(([memberId, passedShare]) => ({
        memberId,
        passedShare,
        reason: "yes",
        approvedMs: 0,
      })),
    });
  }

  it("reads a tip with the share that another one passed", async () => {
    const read = await readTip(officer("xa"), opening([["xb", await passedBy("xb")]]), cell);

    assert.deepEqual(read, { text: "They trained at night.", wrong: [] });
  });

  it("names the member whose share is wrong, and reads with the next one's", async () => {
    const wrong = await passedBy("xb", (byte) => byte ^ 1);
    const alone = await readTip(officer("xa"), opening([["xb", wrong]]), cell);
    assert.deepEqual(alone, { text: undefined, wrong: ["xb"] });

    const both = await readTip(
      officer("xa"),
      opening([
        ["xb", wrong],
        ["xc", await passedBy("xc")],
      ]),
      cell,
    );
    assert.deepEqual(both, { text: "They trained at night.", wrong: ["xb"] });
  });

  it("names a member that passed what does not even open", async () => {
    const read = await readTip(officer("xa"), opening([["xb", "00".repeat(1201)]]), cell);

    assert.deepEqual(read, { text: undefined, wrong: ["xb"] });
  });

  it("tells its own request from those that wait for it", async () => {
    const asked = opening([]);
    const answered = opening([["xb", await passedBy("xb")]]);

    assert.equal(ownRequest([asked], officer("xa")), asked);
    assert.equal(openRequest([asked], officer("xa")), undefined);
    assert.equal(openRequest([asked], officer("xb")), asked);
    assert.equal(openRequest([answered], officer("xb")), undefined);
    assert.equal(openRequest([answered], officer("xc")), answered);
    assert.equal(parseMemberId("xa"), asked.requestedBy);
  });
});
