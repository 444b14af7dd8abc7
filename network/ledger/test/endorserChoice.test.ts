import assert from "node:assert/strict";
import { status } from "@grpc/grpc-js";
import { GatewayError } from "@hyperledger/fabric-gateway";
import fc from "fast-check";
import { EndorserChoice } from "../src/endorserChoice.ts";

const members = ["AMSP", "BMSP", "CMSP", "DMSP"];
const hangs = "rpc error: code = DeadlineExceeded desc = context deadline exceeded";

function failure(message: string, ...mspIds: string[]): GatewayError {
  return new GatewayError({
    code: status.ABORTED,
    details: mspIds.map((mspId) => ({ address: "host:1", mspId, message })),
    message: "failed to collect enough transaction endorsements",
    cause: Object.assign(new Error(message), { code: status.ABORTED }) as never,
  });
}

describe("EndorserChoice", () => {
  let nowMs: number;
  let choice: EndorserChoice;
  const chosenIn = (turns: number): string[][] => Array.from({ length: turns }, () => choice.choose() ?? []);

  beforeEach(() => {
    nowMs = 0;
    choice = new EndorserChoice({ members, own: "BMSP" }, () => nowMs);
  });

  it("asks a quorum, the caller's own organisation always and the others in turn", () => {
    const chosen = chosenIn(6);

    for (const each of chosen) {
      assert.equal(new Set(each).size, 3);
      assert.equal(each[0], "BMSP");
    }
    assert.deepEqual([...new Set(chosen.flat())].sort(), members);
  });

  it("follows the members as they change, and leaves the choice to the gateway as long as it does not know them", () => {
    choice.distrust();
    assert.equal(choice.choose(), undefined);
    assert.equal(choice.attempts, 0);

    choice.follow([...members, "EMSP"]);

    for (const each of chosenIn(5)) assert.equal(new Set(each).size, 4);
    assert.equal(choice.attempts, 2);
  });

  it("leaves out who failed, also the caller's own organisation", () => {
    choice.failed(failure(hangs, "BMSP"));

    for (const each of chosenIn(4)) assert.deepEqual(each.sort(), ["AMSP", "CMSP", "DMSP"]);
  });

  it("leaves the choice to the gateway where too few are left", () => {
    choice.failed(failure(hangs, "AMSP", "CMSP"));

    assert.equal(choice.choose(), undefined);
  });

  it("lets one caller try again after a while, and the others go on without", () => {
    choice.failed(failure(hangs, "CMSP"));
    nowMs = 5_000;

    const withC = chosenIn(9).filter((each) => each.includes("CMSP"));

    assert.equal(withC.length, 1);
  });

  it("waits longer each time that the trial fails, and no longer after it worked", () => {
    const isOut = (): boolean => !chosenIn(3).flat().includes("CMSP");
    choice.failed(failure(hangs, "CMSP"));
    nowMs = 5_000;
    choice.failed(failure(hangs, "CMSP"));
    nowMs = 14_999;
    assert.equal(isOut(), true);
    nowMs = 15_000;
    assert.equal(isOut(), false);

    choice.succeeded(["CMSP"]);
    assert.equal(isOut(), false);
    choice.failed(failure(hangs, "CMSP"));
    nowMs += 5_000;
    assert.equal(isOut(), false);
  });

  it("blames nobody for what the chaincode refused, nor whoever is no member", () => {
    assert.equal(choice.failed(failure("chaincode response 500, NOTICE_EXISTS: x", "AMSP")), false);
    assert.equal(choice.failed(failure(hangs, "HarbourMSP")), false);
    assert.equal(choice.failed(new Error(hangs)), false);
  });

  it("takes a gateway's word that it knows no peer of an organisation", () => {
    const message = "failed to find any endorsing peers for org(s): CMSP";
    const cause = Object.assign(new Error(message), { code: status.UNAVAILABLE }) as never;
    choice.failed(new GatewayError({ code: status.UNAVAILABLE, details: [], message, cause }));

    for (const each of chosenIn(3)) assert.ok(!each.includes("CMSP"));
  });

  it("always gives a quorum of distinct members, or nobody", () => {
    const event = fc.oneof(
      fc.record({ fails: fc.subarray(members) }),
      fc.record({ worked: fc.subarray(members) }),
      fc.record({ passesMs: fc.nat(90_000) }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        const any = new EndorserChoice({ members, own: "AMSP" }, () => nowMs);
        for (const each of events) {
          if ("fails" in each) any.failed(failure(hangs, ...each.fails));
          else if ("worked" in each) any.succeeded(each.worked);
          else nowMs += each.passesMs;
          const chosen = any.choose();
          assert.ok(chosen === undefined || (new Set(chosen).size === 3 && chosen.length === 3));
        }
      }),
    );
  });
});
