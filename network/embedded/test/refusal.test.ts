import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { status, type Client } from "@grpc/grpc-js";
import { type Authority, createAuthority } from "@comity/fabric";
import { common } from "@hyperledger/fabric-protos";
import { CommitNotifier } from "../src/commit/commitNotifier.ts";
import { Committer } from "../src/commit/committer.ts";
import { EndorsementPolicy } from "../src/commit/endorsementPolicy.ts";
import { PrivateDataCommitter } from "../src/commit/privateDataCommitter.ts";
import { ChaincodeDefinitions } from "../src/definition/chaincodeDefinitions.ts";
import { TransactionValidator } from "../src/commit/transactionValidator.ts";
import { MspRegistry } from "../src/identity/mspRegistry.ts";
import { signBytes } from "../src/identity/signature.ts";
import { validationCodes } from "../src/store/block.ts";
import { LedgerStore } from "../src/store/ledgerStore.ts";
import { failureOf } from "./expectation.ts";
import { chaincodeName, channel, type ClientIdentity, Fixture, identityOf } from "./fixture.ts";
import {
  changeAction,
  commitCode,
  creatorOf,
  endorse,
  evaluate,
  highS,
  keyOf,
  makeProposal,
  type ProposalChanges,
  signEnvelope,
  submit,
} from "./handmade.ts";

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

    const cases: readonly [
      string,
      () => Promise<[ClientIdentity, ProposalChanges]> | [ClientIdentity, ProposalChanges],
      string | RegExp,
    ][] = [
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
        async () => [await asUnit("peer"), {}],
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
      const { authority, mspId } = fixture.member(1);
      const past = { notBefore: Date.now() - 10_000, notAfter: Date.now() - 5000 };
      const expired = identityOf(mspId, await authority.issue({ commonName: "old", ou: "client", ...past }));

      const failure = await failureOf(put(expired));

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

    async function impostor(): Promise<[ClientIdentity, ProposalChanges]> {
      const { mspId } = fixture.member(1);
      const authority = await createAuthority({ mspId, organisation: "Member 1", now: () => Date.now() });
      return [identityOf(mspId, await authority.issue({ commonName: "client", ou: "client" })), {}];
    }

    /** Text in which OpenSSL finds the member's certificate, and fabric-shim the impostor's with its attributes. */
    async function withAnother(): Promise<[ClientIdentity, ProposalChanges]> {
      const [other] = await impostor();
      const [begin = "", ...lines] = other.certificatePem.trim().split("\n");
      const first = `${begin}${lines.slice(0, -1).join("")}\n${lines.at(-1)}\n`;
      return [{ ...alice, certificatePem: first + alice.certificatePem }, {}];
    }

    async function asUnit(ou: "peer" | "orderer"): Promise<ClientIdentity> {
      const { authority, mspId } = fixture.member(1);
      return identityOf(mspId, await authority.issue({ commonName: "p", ou }));
    }
  });

  describe("at submission", () => {
    async function infoOf(envelope: common.Envelope): Promise<string> {
      const failure = await failureOf(submit(client, envelope));
      assert.equal(failure.code, status.UNAVAILABLE);
      return failure.details[0]?.message ?? "";
    }

    it("refuses an envelope that its creator did not sign", async () => {
      const envelope = await put(alice);
      signEnvelope(envelope, bob);

      assert.match(
        await infoOf(envelope),
        /status=FORBIDDEN, info=implicit policy evaluation failed.*permission denied$/,
      );
    });

    it("refuses an unsigned envelope, another channel's and a configuration", async () => {
      const unsigned = await failureOf(submit(client, await put(alice)));
      const envelope = await put(alice);

      assert.equal(unsigned.message, "prepared transaction must be signed");
      assert.match(
        await infoOf(withHeader(envelope, (h) => h.setChannelId("other"))),
        /status=BAD_REQUEST, info=channel does not exist/,
      );
      assert.match(
        await infoOf(withHeader(envelope, (h) => h.setType(common.HeaderType.CONFIG))),
        /status=BAD_REQUEST/,
      );
    });

    it("refuses what is not an envelope and what is too big", async () => {
      const garbage = new common.Envelope();
      garbage.setPayload(Buffer.from("ffffff", "hex"));
      const big = new common.Envelope();
      big.setPayload(Buffer.alloc(10 * 1024 * 1024 + 1));

      assert.match(await infoOf(signEnvelope(garbage, alice)), /could not determine channel ID/);
      assert.match(await infoOf(signEnvelope(big, alice)), /exceeds maximum allowed 10485760 bytes/);
    });

    it("refuses a repeat of a committed transaction, as Fabric's BFT orderers", async () => {
      const proposal = makeProposal(alice, ["put", "repeated", "v"]);
      const envelope = signEnvelope(await endorse(client, proposal), alice);
      await submit(client, envelope);
      assert.equal(await commitCode(client, alice, proposal.txId), 0);
      const height = fixture.ledger!.height();

      const info = await infoOf(envelope);

      const expected = "status=SERVICE_UNAVAILABLE, info=failed to submit request: request already processed";
      assert.equal(info, `received unsuccessful response from orderer: ${expected}`);
      assert.equal(await commitCode(client, alice, proposal.txId), 0);
      assert.equal(fixture.ledger!.height(), height);
    });

    function withHeader(
      envelope: common.Envelope,
      change: (header: common.ChannelHeader) => void,
    ): common.Envelope {
      const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
      const header = common.ChannelHeader.deserializeBinary(payload.getHeader()!.getChannelHeader_asU8());
      change(header);
      payload.getHeader()!.setChannelHeader(header.serializeBinary());
      const changed = new common.Envelope();
      changed.setPayload(payload.serializeBinary());
      return signEnvelope(changed, alice);
    }
  });

  describe("at validation", () => {
    async function codeOf(change: (envelope: common.Envelope) => common.Envelope): Promise<number> {
      const proposal = makeProposal(alice, ["put", "validated", randomBytes(4).toString("hex")]);
      const envelope = change(await endorse(client, proposal));
      await submit(client, signEnvelope(envelope, alice));
      return commitCode(client, alice, proposal.txId);
    }

    it("flags an endorsement whose signature was tampered with", async () => {
      const code = await codeOf((envelope) =>
        changeAction(envelope, (action) => {
          const [first] = action.getEndorsementsList();
          const signature = Buffer.from(first!.getSignature_asU8());
          signature[signature.length - 1]! ^= 1;
          first!.setSignature(signature);
        }),
      );

      assert.equal(code, 10);
    });

    it("flags fewer endorsements than the quorum, and one member's counted twice", async () => {
      const fewer = await codeOf((envelope) =>
        changeAction(envelope, (action) =>
          action.setEndorsementsList(action.getEndorsementsList().slice(0, 2)),
        ),
      );
      const twice = await codeOf((envelope) =>
        changeAction(envelope, (action) => {
          const [first, second] = action.getEndorsementsList();
          action.setEndorsementsList([first!, second!, first!]);
        }),
      );

      assert.deepEqual([fewer, twice], [10, 10]);
    });

    it("counts the endorsement of a member's TLS key for nothing", async () => {
      const { mspId, folder } = fixture.member(3);
      const read = (name: string): Promise<string> => readFile(join(folder, name), "utf8");
      const thief = {
        mspId,
        certificatePem: await read("tls-cert.pem"),
        privateKeyPem: await read("tls-key.pem"),
      };

      const code = await codeOf((envelope) =>
        changeAction(envelope, (action) => {
          const [first, second, third] = action.getEndorsementsList();
          const endorser = creatorOf(thief);
          const signed = Buffer.concat([action.getProposalResponsePayload_asU8(), endorser]);
          third!.setEndorser(endorser);
          third!.setSignature(signBytes(keyOf(thief), signed));
          action.setEndorsementsList([first!, second!, third!]);
        }),
      );

      assert.equal(code, 10);
    });

    it("flags a response that is not the endorsed one", async () => {
      const proposal = makeProposal(alice, ["put", "validated", "other"]);
      const other = await endorse(client, proposal);
      let payload: Uint8Array = new Uint8Array();
      changeAction(other, (action) => (payload = action.getProposalResponsePayload_asU8()));

      const code = await codeOf((envelope) =>
        changeAction(envelope, (action) => action.setProposalResponsePayload(payload)),
      );

      assert.equal(code, 5); // the proposal hash inside the response is of another proposal
    });

    it("flags the second of two transactions with one id, in one block and across blocks", async () => {
      const proposal = makeProposal(alice, ["put", "twice", "v"]);
      const copies: Uint8Array[] = [];
      for (let i = 0; i < 3; i++) {
        copies.push(signEnvelope(await endorse(client, proposal), alice).serializeBinary());
      }
      const [first, second, third] = copies;
      assert.notDeepEqual(first, second); // ECDSA signatures differ

      // The orderer takes an id in once; validation, which sees the bytes alone, must not rely on that.
      const store = await LedgerStore.open(join(fixture.folder, "committer"));
      const committer = committerOver(store);
      await committer.commit([first!, second!]);
      await committer.commit([third!]);

      const codes = [0, 1].map((number) => [...validationCodes(store.getBlock(number)!)]);
      assert.deepEqual(codes, [[0, 9], [9]]);
      assert.deepEqual(store.getTransaction(proposal.txId), { block: 0, index: 0, code: 0 });
      await store.close();
    });

    function committerOver(store: LedgerStore): Committer {
      const members = fixture.members.map(({ mspId }) => mspId);
      const msps = new MspRegistry(
        fixture.members.map(({ mspId, authority }) => ({
          mspId,
          rootCertificatePem: authority.rootCertificatePem,
        })),
      );
      const policy = new EndorsementPolicy(3, members, msps);
      const definitions = new ChaincodeDefinitions([{ name: chaincodeName, collections: [] }]);
      const validator = new TransactionValidator({ msps, policy, store, definitions });
      const privateData = new PrivateDataCommitter({ store, definitions });
      return new Committer({ store, validator, privateData, notifier: new CommitNotifier() });
    }
  });

  describe("of the system chaincode", () => {
    const ask = (identity: ClientIdentity, changes: ProposalChanges = {}): Promise<Uint8Array> =>
      evaluate(client, makeProposal(identity, ["GetChainInfo", channel], { ...changes, chaincode: "qscc" }));

    async function issued(request: Parameters<Authority["issue"]>[0]): Promise<ClientIdentity> {
      const { authority, mspId } = fixture.member(1);
      return identityOf(mspId, await authority.issue(request));
    }

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
      const past = { notBefore: Date.now() - 10_000, notAfter: Date.now() - 5000 };
      const expired = await issued({ commonName: "old", ou: "client", ...past });

      const stale = await failureOf(ask(alice, { timestampMs: Date.now() - 61_500 }));
      const late = await failureOf(ask(expired));

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

  describe("of status and events", () => {
    it("refuses a commit status that its asker did not sign, and an unknown channel", async () => {
      const failure = await failureOf(
        commitCode(client, { ...alice, privateKeyPem: bob.privateKeyPem }, "ab".repeat(32)),
      );

      assert.equal(failure.code, status.PERMISSION_DENIED);
      assert.equal(
        failure.message,
        "Failed evaluating policy on signed data during check policy on channel [comity] with policy " +
          "[/Channel/Application/Readers]: [implicit policy evaluation failed - 0 sub-policies were satisfied, but " +
          "this policy requires 1 of the 'Readers' sub-policies to be satisfied]",
      );
    });
  });
});
