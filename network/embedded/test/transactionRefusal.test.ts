import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Client, status } from "@grpc/grpc-js";
import { common } from "@hyperledger/fabric-protos";
import { signBytes } from "../src/identity/signature.ts";
import { validationCodes } from "../src/store/block.ts";
import { LedgerStore } from "../src/store/ledgerStore.ts";
import { changeAction, changeChannelHeader } from "./changedEnvelope.ts";
import type { ClientIdentity } from "./clientIdentity.ts";
import { committerOver } from "./committerOver.ts";
import { failureOf } from "./expectation.ts";
import { Fixture } from "./fixture.ts";
import { commitCode, creatorOf, endorse, keyOf, makeProposal, signEnvelope, submit } from "./handmade.ts";

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

  describe("at submission", () => {
    const put = () => endorse(client, makeProposal(alice, ["put", "k", "v"]));
    const withHeader = (envelope: common.Envelope, change: (header: common.ChannelHeader) => void) =>
      signEnvelope(changeChannelHeader(envelope, change), alice);

    async function infoOf(envelope: common.Envelope): Promise<string> {
      const failure = await failureOf(submit(client, envelope));
      assert.equal(failure.code, status.UNAVAILABLE);
      return failure.details[0]?.message ?? "";
    }

    it("refuses an envelope that its creator did not sign", async () => {
      const envelope = await put();
      signEnvelope(envelope, bob);

      assert.match(
        await infoOf(envelope),
        /status=FORBIDDEN, info=implicit policy evaluation failed.*permission denied$/,
      );
    });

    it("refuses an unsigned envelope, another channel's and a configuration", async () => {
      const unsigned = await failureOf(submit(client, await put()));
      const envelope = await put();

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
      const committer = committerOver(store, fixture.members);
      await committer.commit([first!, second!]);
      await committer.commit([third!]);

      const codes = [0, 1].map((number) => [...validationCodes(store.getBlock(number)!)]);
      assert.deepEqual(codes, [[0, 9], [9]]);
      assert.deepEqual(store.getTransaction(proposal.txId), { block: 0, index: 0, code: 0 });
      await store.close();
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
      const elsewhere = await failureOf(commitCode(client, alice, "ab".repeat(32), "nowhere"));
      assert.equal(elsewhere.code, status.PERMISSION_DENIED);
      assert.equal(elsewhere.message, "Failed to get policy manager for channel [nowhere]");
    });
  });
});
