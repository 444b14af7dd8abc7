import { randomBytes } from "node:crypto";
import { createAuthority } from "@comity/fabric";
import { common } from "@hyperledger/fabric-protos";
import type { Case, Group, Identity, Scene } from "../case.ts";
import { beforeTheDoor, invalidProposal, policyRefusal, unendorsed, unevaluated } from "../expected.ts";
import { failure } from "../observed.ts";
import { endorse, evaluate } from "../wire/call.ts";
import { highS } from "../wire/highS.ts";
import { makeProposal, type ProposalChanges } from "../wire/proposal.ts";

type Changes = ProposalChanges | ((scene: Scene) => ProposalChanges | Promise<ProposalChanges>);

/** A proposal that is wrong in one thing, to be endorsed and to be evaluated. */
function refused(does: string, changes: Changes, gives: unknown): Case {
  return {
    does,
    gives,
    run: async (scene) => {
      const { alice, key } = scene;
      const made = typeof changes === "function" ? await changes(scene) : changes;
      const proposal = (): ReturnType<typeof makeProposal> =>
        makeProposal(alice.identity, [["put", key, "v"]], made);
      return {
        endorse: await failure(endorse(alice.raw, await proposal())),
        evaluate: await failure(evaluate(alice.raw, await proposal()).then(() => "answered")),
      };
    },
  };
}

function issued(ou: "client" | "peer" | "admin" | "orderer", validity = {}) {
  return async ({ network }: Scene): Promise<ProposalChanges> => {
    return { identity: await network.issue("xa", { commonName: "somebody", ou, ...validity }) };
  };
}

async function impostor({ alice }: Scene): Promise<ProposalChanges> {
  const { mspId } = alice.identity;
  const authority = await createAuthority({ mspId, organisation: "Aldermark", now: Date.now });
  const { certificatePem, privateKeyPem = "" } = await authority.issue({
    commonName: "officer",
    ou: "client",
  });
  const identity: Identity = { mspId, certificatePem, privateKeyPem };
  return { identity };
}

function withText(identity: Identity, before: string): Identity {
  return { ...identity, certificatePem: before + identity.certificatePem };
}

const hour = 3_600_000;

const identities: readonly Case[] = [
  refused(
    "with another's signature is refused",
    ({ bob }) => ({ signature: (data) => bob.sign(data) }),
    invalidProposal("error validating proposal: access denied: channel [comity] creator org [XaMSP]"),
  ),
  refused(
    "signed over other bytes is refused",
    ({ alice }) => ({ signature: () => alice.sign(randomBytes(8)) }),
    invalidProposal("error validating proposal: access denied: channel [comity] creator org [XaMSP]"),
  ),
  refused(
    "with a signature of a high S is refused",
    ({ alice }) => ({ signature: (data) => highS(alice.identity, data) }),
    invalidProposal("error validating proposal: access denied: channel [comity] creator org [XaMSP]"),
  ),
  refused(
    "with text before its certificate is taken",
    ({ alice }) => ({ identity: withText(alice.identity, "text\n") }),
    { endorse: "taken", evaluate: "answered" },
  ),
  refused(
    "with another certificate after its own is taken",
    ({ alice, bob }) => ({
      identity: {
        ...alice.identity,
        certificatePem: alice.identity.certificatePem + bob.identity.certificatePem,
      },
    }),
    { endorse: "taken", evaluate: "answered" },
  ),
  refused(
    "with another certificate before its own is refused",
    ({ alice, bob }) => ({ identity: withText(alice.identity, bob.identity.certificatePem) }),
    invalidProposal(
      "error validating proposal: access denied: channel [comity] creator org unknown, creator is malformed",
    ),
  ),
  refused(
    "with a signature of garbage is refused",
    { signature: () => Buffer.from("garbage") },
    invalidProposal("error validating proposal: access denied: channel [comity] creator org [XaMSP]"),
  ),
  refused(
    "without a signature is refused",
    { signature: () => new Uint8Array() },
    invalidProposal("error validating proposal: empty signature bytes"),
  ),
  refused(
    "of an MSP that nobody knows is refused",
    { mspId: "NobodyMSP" },
    invalidProposal(
      "error validating proposal: access denied: channel [comity] creator org unknown, creator is malformed",
    ),
  ),
  refused(
    "with a certificate of another member's authority is refused",
    { mspId: "XbMSP" },
    invalidProposal(
      "error validating proposal: access denied: channel [comity] creator org unknown, creator is malformed",
    ),
  ),
  refused(
    "with a certificate of an authority of the same name is refused",
    impostor,
    invalidProposal(
      "error validating proposal: access denied: channel [comity] creator org unknown, creator is malformed",
    ),
  ),
  refused(
    "with an expired certificate is refused",
    issued("client", { notBefore: Date.now() - 2 * hour, notAfter: Date.now() - hour }),
    beforeTheDoor("proposal client identity expired"),
  ),
  refused(
    "with a certificate that is not valid yet is taken",
    issued("client", { notBefore: Date.now() + hour, notAfter: Date.now() + 2 * hour }),
    { endorse: "taken", evaluate: "answered" },
  ),
  refused(
    "of a peer is refused: it may read only",
    issued("peer"),
    invalidProposal(policyRefusal("Writers")),
  ),
  refused("of an orderer is refused", issued("orderer"), invalidProposal(policyRefusal("Writers"))),
  refused("of an administrator is taken", async (scene) => issued("admin")(scene), {
    endorse: "taken",
    evaluate: "answered",
  }),
];

const headers: readonly Case[] = [
  refused(
    "with an id that is not the hash of nonce and creator is refused",
    { txId: "ab".repeat(32) },
    invalidProposal("error validating proposal: incorrectly computed txid '<hash>' -- expected '<hash>'"),
  ),
  refused(
    "without an id is refused",
    { txId: "" },
    invalidProposal("error validating proposal: incorrectly computed txid '' -- expected '<hash>'"),
  ),
  refused(
    "without a nonce is refused",
    { nonce: new Uint8Array() },
    invalidProposal("error validating proposal: nonce is empty"),
  ),
  refused(
    "of another type of header is refused",
    { type: common.HeaderType.MESSAGE },
    invalidProposal("error validating proposal: invalid header type MESSAGE"),
  ),
  refused(
    "of a configuration's type is taken",
    { type: common.HeaderType.CONFIG },
    { endorse: "taken", evaluate: "answered" },
  ),
  refused(
    "of another epoch is refused",
    { epoch: 1 },
    invalidProposal("error validating proposal: epoch is non-zero"),
  ),
  refused(
    "an hour old is refused",
    () => ({ timestampMs: Date.now() - hour }),
    beforeTheDoor(
      "request unauthorized due to incorrect timestamp <time>, peer time <time>, peer.authentication.timewindow 1m0s",
    ),
  ),
  refused(
    "from an hour ahead is refused",
    () => ({ timestampMs: Date.now() + hour }),
    beforeTheDoor(
      "request unauthorized due to incorrect timestamp <time>, peer time <time>, peer.authentication.timewindow 1m0s",
    ),
  ),
  refused(
    "62 seconds old is refused",
    () => ({ timestampMs: Date.now() - 62_000 }),
    beforeTheDoor(
      "request unauthorized due to incorrect timestamp <time>, peer time <time>, peer.authentication.timewindow 1m0s",
    ),
  ),
  refused("50 seconds old is taken", () => ({ timestampMs: Date.now() - 50_000 }), {
    endorse: "taken",
    evaluate: "answered",
  }),
  refused(
    "without a timestamp is refused",
    { timestampMs: null },
    beforeTheDoor(
      "request unauthorized due to incorrect timestamp <time>, peer time <time>, peer.authentication.timewindow 1m0s",
    ),
  ),
  refused(
    "whose header names no chaincode is refused",
    { extension: new Uint8Array() },
    invalidProposal("ChaincodeHeaderExtension.ChaincodeId is nil"),
  ),
  refused(
    "that is for no chaincode is refused",
    { chaincode: "" },
    {
      endorse:
        "ServiceError FAILED_PRECONDITION: no combination of peers can be derived which satisfy the endorsement policy: No metadata was found for chaincode  in channel comity",
      evaluate:
        "ServiceError INVALID_ARGUMENT: failed to unpack transaction proposal: no chaincode name is provided, channel id [comity]",
    },
  ),
  refused(
    "for no channel is refused",
    { channel: "" },
    {
      endorse: "ServiceError FAILED_PRECONDITION: ",
      evaluate:
        "ServiceError INVALID_ARGUMENT: failed to unpack transaction proposal: no channel id provided",
    },
  ),
  refused(
    "whose input is garbage is refused",
    { payload: Buffer.from("ffffff", "hex") },
    {
      endorse:
        "ServiceError INVALID_ARGUMENT: error unmarshalling ChaincodeProposalPayload: proto: cannot parse invalid wire-format data",
      evaluate:
        "ServiceError INVALID_ARGUMENT: failed to unpack transaction proposal: error unmarshalling ChaincodeProposalPayload: proto: cannot parse invalid wire-format data",
    },
  ),
];

const bytes: readonly Case[] = [
  {
    does: "that is garbage is refused",
    run: async ({ alice }) => {
      const proposal = await makeProposal(alice.identity, []);
      proposal.signed.setProposalBytes(Buffer.from("ffffff", "hex"));
      return [await failure(endorse(alice.raw, proposal)), await failure(evaluate(alice.raw, proposal))];
    },
    gives: [
      "ServiceError INVALID_ARGUMENT: error unmarshalling Proposal: proto: cannot parse invalid wire-format data",
      "ServiceError INVALID_ARGUMENT: failed to unpack transaction proposal: error unmarshalling Proposal: proto: cannot parse invalid wire-format data",
    ],
  },
  {
    does: "that is empty is refused",
    run: async ({ alice }) => {
      const proposal = await makeProposal(alice.identity, []);
      proposal.signed.setProposalBytes(new Uint8Array());
      return [await failure(endorse(alice.raw, proposal)), await failure(evaluate(alice.raw, proposal))];
    },
    gives: [
      "ServiceError INVALID_ARGUMENT: the proposed transaction must contain a signed proposal",
      "ServiceError INVALID_ARGUMENT: failed to unpack transaction proposal: a signed proposal is required",
    ],
  },
  {
    does: "that was changed after it was signed is refused",
    run: async ({ alice, key }) => {
      const honest = await makeProposal(alice.identity, [["put", key, "1"]]);
      const other = await makeProposal(alice.identity, [["put", key, "2"]]);
      honest.signed.setProposalBytes(other.signed.getProposalBytes_asU8());
      return failure(endorse(alice.raw, honest));
    },
    gives: unendorsed(
      "error validating proposal: access denied: channel [comity] creator org [XaMSP]",
      "ServiceError",
    ),
  },
  {
    does: "of a transaction that is in a block is refused",
    run: async ({ alice, key }) => {
      const proposal = alice.contract.newProposal("run", {
        arguments: [JSON.stringify([["put", key, "1"]])],
      });
      await (await (await proposal.endorse()).submit()).getStatus();
      const again = await failure(proposal.endorse());
      return { again, evaluate: await failure(proposal.evaluate().then(() => "answered")) };
    },
    gives: {
      again: unendorsed("duplicate transaction found [<hash>]. Creator [<bytes>]"),
      evaluate: unevaluated("duplicate transaction found [<hash>]. Creator [<bytes>]", "FAILED_PRECONDITION"),
    },
  },
];

export const door: Group = { title: "a proposal", cases: [...identities, ...headers, ...bytes] };
