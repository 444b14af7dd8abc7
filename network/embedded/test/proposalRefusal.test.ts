import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { Authority } from "@comity/fabric";
import { type Client, status } from "@grpc/grpc-js";
import { common } from "@hyperledger/fabric-protos";
import { signBytes } from "../src/identity/signature.ts";
import { type ClientIdentity, identityOf } from "./clientIdentity.ts";
import { failureOf } from "./expectation.ts";
import { Fixture } from "./fixture.ts";
import {
  commitCode,
  endorse,
  evaluate,
  highS,
  keyOf,
  makeProposal,
  type ProposalChanges,
  signEnvelope,
  submit,
} from "./handmade.ts";
import { impostorOf, withImpostor } from "./impostor.ts";
import { channel } from "./ledgerConfig.ts";

type Attempt = [ClientIdentity, ProposalChanges];

describe("Refusals", function () {
  this.timeout(120_000);
  let fixture: Fixture;
  let client: Client;
  let alice: ClientIdentity;
  let bob: ClientIdentity;

  before(async () => {
    fixture = await Fixture.create();
    await fixture.startLedger();
    client = fixture.channel(1);
    alice = await fixture.client(1);
    bob = await fixture.client(2);
  });
  after(() => fixture.destroy());

  const put = (identity: ClientIdentity, changes: ProposalChanges = {}) =>
    endorse(client, makeProposal(identity, ["put", "k", "v"], changes));

  describe("at endorsement", () => {
    const denied = "error validating proposal: access denied: channel [comity] creator org [Member1MSP]";
    const unknown =
      "error validating proposal: access denied: channel [comity] creator org unknown, creator is malformed";

    const impostor = async (): Promise<Attempt> => [await impostorOf(alice), {}];
    const withAnother = async (): Promise<Attempt> => [await withImpostor(alice), {}];
    const cases: readonly [string, () => Promise<Attempt> | Attempt, string | RegExp][] = [
      ["another's signature", () => [alice, { signature: (bytes) => signBytes(keyOf(bob), bytes) }], denied],
      [
        "a signature over other bytes",
        () => [alice, { signature: () => signBytes(keyOf(alice), randomBytes(32)) }],
        denied,
      ],
      ["a signature with a high S", () => [alice, { signature: highS(alice) }], denied],
      ["a signature of garbage", () => [alice, { signature: () => randomBytes(70) }], denied],
      [
        "no signature",
        () => [alice, { signature: () => new Uint8Array() }],
        "error validating proposal: empty signature bytes",
      ],
      ["an MSP that nobody knows", () => [alice, { mspId: "NobodyMSP" }], unknown],
      ["a certificate of another member's authority", () => [alice, { mspId: "Member2MSP" }], unknown],
      ["a certificate of an authority with the same name", impostor, unknown],
      ["a second certificate beside one of the member's authority", withAnother, unknown],
      [
        "a certificate without a node unit's right to write",
        async () => [await issued({ commonName: "p", ou: "peer" }), {}],
        /\[\/Channel\/Application\/Writers\]/,
      ],
      [
        "a transaction id that isn't the hash of nonce and creator",
        () => [alice, { txId: "ab".repeat(32) }],
        /incorrectly computed txid/,
      ],
      [
        "another header type",
        () => [alice, { type: common.HeaderType.MESSAGE }],
        "error validating proposal: invalid header type MESSAGE",
      ],
      ["an epoch", () => [alice, { epoch: 1 }], "error validating proposal: epoch is non-zero"],
      [
        "an empty nonce",
        () => [alice, { nonce: new Uint8Array() }],
        "error validating proposal: nonce is empty",
      ],
      [
        "a timestamp before the window",
        () => [alice, { timestampMs: Date.now() - 61_500 }],
        /incorrect timestamp .+Z, peer time .+Z, peer\.authentication\.timewindow 1m0s$/,
      ],
      [
        "a timestamp after the window",
        () => [alice, { timestampMs: Date.now() + 61_500 }],
        /^request unauthorized due to incorrect timestamp/,
      ],
    ];
    for (const [what, make, expected] of cases) {
      it(`refuses ${what}`, async () => {
        const [identity, changes] = await make();

        const failure = await failureOf(put(identity, changes));

        assert.equal(failure.code, status.ABORTED);
        assert.equal(failure.message, "failed to endorse transaction, see attached details for more info");
        assert.equal(failure.details.length, 1);
        if (typeof expected === "string") assert.equal(failure.details[0]?.message, expected);
        else assert.match(failure.details[0]?.message ?? "", expected);
      });
    }

    it("refuses an expired certificate", async () => {
      const failure = await failureOf(put(await expired()));

      assert.equal(failure.details[0]?.message, "proposal client identity expired");
    });

    it("accepts a timestamp within the window", async () => {
      await put(alice, { timestampMs: Date.now() - 50_000 });
      await put(alice, { timestampMs: Date.now() + 50_000 });
    });

    it("refuses a channel and a chaincode that are not there", async () => {
      const channel = await failureOf(put(alice, { channel: "other" }));
      const chaincode = await failureOf(put(alice, { chaincode: "other" }));

      const text =
        "no combination of peers can be derived which satisfy the endorsement policy: No metadata was found for chaincode";
      assert.deepEqual(
        [channel.code, channel.message],
        [status.FAILED_PRECONDITION, `${text} test in channel other`],
      );
      assert.deepEqual(
        [chaincode.code, chaincode.message],
        [status.FAILED_PRECONDITION, `${text} other in channel comity`],
      );
    });

    it("refuses a proposal that has been committed already", async () => {
      const proposal = makeProposal(alice, ["put", "replayed", "v"]);
      await submit(client, signEnvelope(await endorse(client, proposal), alice));
      assert.equal(await commitCode(client, alice, proposal.txId), 0);

      const failure = await failureOf(endorse(client, proposal));

      assert.match(
        failure.details[0]?.message ?? "",
        new RegExp(`^duplicate transaction found \\[${proposal.txId}\\]`),
      );
    });

    it("refuses bytes that are no proposal, and none at all", async () => {
      const proposal = makeProposal(alice, ["put", "k", "v"]);
      proposal.signed.setProposalBytes(Buffer.from("ffffff", "hex"));
      const garbage = await failureOf(endorse(client, proposal));
      proposal.signed.setProposalBytes(new Uint8Array());
      const nothing = await failureOf(endorse(client, proposal));

      assert.deepEqual([garbage.code, nothing.code], [status.INVALID_ARGUMENT, status.INVALID_ARGUMENT]);
      assert.match(garbage.message, /^error unmarshalling Proposal/);
      assert.equal(nothing.message, "the proposed transaction must contain a signed proposal");
    });
  });

  describe("of the system chaincode", () => {
    const ask = (identity: ClientIdentity, changes: ProposalChanges = {}): Promise<Uint8Array> =>
      evaluate(client, makeProposal(identity, ["GetChainInfo", channel], { ...changes, chaincode: "qscc" }));

    it("ask for the right to read, which peers have and orderers lack", async () => {
      const info = await ask(await issued({ commonName: "p", ou: "peer" }));
      const failure = await failureOf(ask(await issued({ commonName: "o", ou: "orderer" })));

      assert.ok(info.length > 0);
      assert.equal(failure.code, status.UNKNOWN);
      const text = "access denied for [GetChainInfo][comity]: [Failed evaluating policy on signed data";
      assert.ok(failure.message.includes(text), failure.message);
      assert.match(failure.message, /Readers/);
    });

    it("keep a stale proposal and an expired certificate outside every peer's door", async () => {
      const stale = await failureOf(ask(alice, { timestampMs: Date.now() - 61_500 }));
      const late = await failureOf(ask(await expired()));

      for (const [failure, expected] of [
        [stale, /^request unauthorized due to incorrect timestamp/],
        [late, /proposal client identity expired$/],
      ] as const) {
        assert.equal(failure.code, status.UNAVAILABLE);
        assert.equal(failure.details.length, 4);
        assert.match(failure.details[0]?.message ?? "", expected);
      }
    });
  });

  async function issued(request: Parameters<Authority["issue"]>[0]): Promise<ClientIdentity> {
    const { authority, mspId } = fixture.member(1);
    return identityOf(mspId, await authority.issue(request));
  }

  function expired(): Promise<ClientIdentity> {
    const past = { notBefore: Date.now() - 10_000, notAfter: Date.now() - 5000 };
    return issued({ commonName: "old", ou: "client", ...past });
  }
});
