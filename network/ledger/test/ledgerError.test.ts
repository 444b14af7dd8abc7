import assert from "node:assert/strict";
import { status } from "@grpc/grpc-js";
import { GatewayError } from "@hyperledger/fabric-gateway";
import { isWorthAnotherGateway, ledgerErrorOf } from "../src/ledgerError.ts";
import { rpcError } from "./fakeGateway.ts";

function refusal(code: status, ...details: readonly string[]): GatewayError {
  return new GatewayError({
    code,
    cause: rpcError(code, "failed"),
    message: "failed to collect enough transaction endorsements, see attached details for more info",
    details: details.map((message) => ({ address: "peer0:7051", mspId: "AMSP", message })),
  });
}

const away = 'rpc error: code = Unavailable desc = connection error: desc = "transport: refused"';
const late = "rpc error: code = DeadlineExceeded desc = context deadline exceeded";
const dead = `error in simulation: failed to execute transaction ${"ab".repeat(32)}: could not launch chaincode comity`;
const hung = `error in simulation: failed to execute transaction ${"ab".repeat(32)}: error sending: timeout expired while executing transaction`;
const differing = "ProposalResponsePayloads do not match";
const denied =
  "rpc error: code = Unknown desc = error validating proposal: access denied: channel [comity] creator org [AMSP]";

describe("What a gateway's error means", () => {
  const cases: readonly (readonly [string, string, GatewayError])[] = [
    ["peers that are not there", "LEDGER_UNAVAILABLE", refusal(status.ABORTED, away, late)],
    ["peers without their chaincode", "LEDGER_UNAVAILABLE", refusal(status.ABORTED, dead, hung)],
    ["a gateway that is not there", "LEDGER_UNAVAILABLE", refusal(status.UNAVAILABLE)],
    ["endorsers that differ", "LEDGER_REFUSED", refusal(status.ABORTED, differing, differing)],
    ["endorsers that differ while one is away", "LEDGER_REFUSED", refusal(status.ABORTED, away, differing)],
    ["peers that do not let the caller in", "LEDGER_REFUSED", refusal(status.ABORTED, denied)],
    ["nothing but the code", "LEDGER_REFUSED", refusal(status.ABORTED)],
    [
      "a chaincode that refused while a peer is away",
      "NOTICE_EXISTS",
      refusal(status.ABORTED, away, "chaincode response 500, NOTICE_EXISTS: there is one"),
    ],
    [
      "a chaincode that failed in words of its own",
      "LEDGER_REFUSED",
      refusal(status.ABORTED, "chaincode response 500, out of memory"),
    ],
  ];
  for (const [name, code, error] of cases) {
    it(`is ${code} for ${name}`, () => assert.equal(ledgerErrorOf(error).code, code));
  }

  it("sends a client on to another gateway after an outage", () => {
    assert.equal(isWorthAnotherGateway(refusal(status.ABORTED, dead)), true);
  });
});
