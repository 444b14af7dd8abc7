import { randomBytes } from "node:crypto";
import { common } from "@hyperledger/fabric-protos";
import type { Case, Group, Scene } from "../case.ts";
import { policyRefusal, unordered, unsatisfied } from "../expected.ts";
import { failure } from "../observed.ts";
import { endorse, statusOf, submit } from "../wire/call.ts";
import { changeHeader, signEnvelope } from "../wire/envelope.ts";
import { makeProposal } from "../wire/proposal.ts";

const hour = 3_600_000;

async function endorsed({ alice, key }: Scene): Promise<common.Envelope> {
  return endorse(alice.raw, await makeProposal(alice.identity, [["put", key, "v"]]));
}

/** What orderers say of an envelope that is wrong in one thing. */
function refused(
  does: string,
  change: (envelope: common.Envelope, scene: Scene) => common.Envelope | Promise<common.Envelope>,
  gives: unknown,
): Case {
  return {
    does,
    gives,
    run: async (scene) => failure(submit(scene.alice.raw, await change(await endorsed(scene), scene))),
  };
}

const envelopes: readonly Case[] = [
  refused(
    "without a signature is refused",
    (envelope) => envelope,
    "ServiceError INVALID_ARGUMENT: prepared transaction must be signed",
  ),
  refused(
    "signed by another is refused",
    (envelope, { bob }) => signEnvelope(envelope, bob.identity),
    unordered("FORBIDDEN", `${unsatisfied("Writers")}: permission denied`),
  ),
  refused(
    "with a signature of garbage is refused",
    (envelope) => {
      envelope.setSignature(randomBytes(70));
      return envelope;
    },
    unordered("FORBIDDEN", `${unsatisfied("Writers")}: permission denied`),
  ),
  refused(
    "for another channel is refused",
    async (envelope, { alice }) =>
      signEnvelope(await changeHeader(envelope, (header) => header.setChannelId("nowhere")), alice.identity),
    unordered("BAD_REQUEST", "channel does not exist"),
  ),
  refused(
    "of a configuration's type is refused",
    async (envelope, { alice }) =>
      signEnvelope(
        await changeHeader(envelope, (header) => header.setType(common.HeaderType.CONFIG)),
        alice.identity,
      ),
    unordered("BAD_REQUEST", "message is of type that cannot be processed directly"),
  ),
  refused(
    "that is garbage is refused",
    (_envelope, { alice }) => {
      const garbage = new common.Envelope();
      garbage.setPayload(Buffer.from("ffffff", "hex"));
      return signEnvelope(garbage, alice.identity);
    },
    unordered(
      "BAD_REQUEST",
      "could not determine channel ID: error unmarshalling Payload: proto: cannot parse invalid wire-format data",
    ),
  ),
  refused(
    "without a payload is refused",
    (_envelope, { alice }) => signEnvelope(new common.Envelope(), alice.identity),
    unordered("BAD_REQUEST", "could not determine channel ID: header not set"),
  ),
  {
    does: "of nobody is refused",
    run: async ({ alice }) => failure(submit(alice.raw, new common.Envelope())),
    gives: "ServiceError INVALID_ARGUMENT: prepared transaction must be signed",
  },
  {
    does: "of an expired certificate is refused",
    run: async (scene) => {
      const { alice, network } = scene;
      const validity = { notBefore: Date.now() - 2 * hour, notAfter: Date.now() - hour };
      const expired = await network.issue("xa", { commonName: "late", ou: "client", ...validity });
      const envelope = await endorsed(scene);
      const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
      const proposal = await makeProposal(expired, []);
      const header = common.SignatureHeader.deserializeBinary(payload.getHeader()!.getSignatureHeader_asU8());
      header.setCreator(creatorIn(proposal.signed.getProposalBytes_asU8()));
      payload.getHeader()!.setSignatureHeader(header.serializeBinary());
      const changed = new common.Envelope();
      changed.setPayload(payload.serializeBinary());
      return failure(submit(alice.raw, await signEnvelope(changed, expired)));
    },
    gives: unordered("BAD_REQUEST", "broadcast client identity expired"),
  },
];

function creatorIn(proposalBytes: Uint8Array): Uint8Array {
  // Proposal and Payload both begin with a header in field 1; a proposal's is bytes.
  const header = common.Header.deserializeBinary(
    common.Payload.deserializeBinary(proposalBytes).getHeader()!.serializeBinary(),
  );
  return common.SignatureHeader.deserializeBinary(header.getSignatureHeader_asU8()).getCreator_asU8();
}

const repeats: readonly Case[] = [
  {
    does: "that comes again once it is in a block is refused, and stays valid",
    run: async ({ alice, key }) => {
      const transaction = await alice.endorse([["put", key, "1"]]);
      const commit = await transaction.submit();
      const { code } = await commit.getStatus();
      const again = await failure(transaction.submit());
      return [code, again, (await commit.getStatus()).code];
    },
    gives: [
      0,
      unordered("SERVICE_UNAVAILABLE", "failed to submit request: request already processed", "SubmitError"),
      0,
    ],
  },
  {
    does: "that comes twice at once, through two gateways, is committed once",
    run: async ({ network, alice, key }) => {
      const proposal = await makeProposal(alice.identity, [["put", key, "1"]]);
      const envelope = await signEnvelope(await endorse(alice.raw, proposal), alice.identity);
      const other = network.caller("xc");
      const answers = await Promise.all(
        [alice, other].map(({ raw }) => failure(submit(raw, envelope, proposal.txId))),
      );
      const code = await statusOf(alice.raw, alice.identity, proposal.txId);
      const history = [...new Set(answers)].filter((answer) => answer !== "taken" && !/already/.test(answer));
      return [code, history];
    },
    gives: [0, []],
  },
];

const statuses: readonly Case[] = [
  {
    does: "that nobody knows has no status until the client gives up",
    run: async ({ alice }) =>
      failure(statusOf(alice.raw, alice.identity, "ab".repeat(32), { timeoutMs: 500 })),
    gives: "ServiceError DEADLINE_EXCEEDED: <deadline>",
  },
  {
    does: "has no status for one who did not sign the question",
    run: async ({ alice, bob }) =>
      failure(statusOf(alice.raw, alice.identity, "ab".repeat(32), { signer: bob.identity })),
    gives: `ServiceError PERMISSION_DENIED: ${policyRefusal("Readers")}`,
  },
  {
    does: "has no status in a channel that is not there",
    run: async ({ alice }) =>
      failure(statusOf(alice.raw, alice.identity, "ab".repeat(32), { channel: "nowhere" })),
    gives: "ServiceError PERMISSION_DENIED: Failed to get policy manager for channel [nowhere]",
  },
  {
    does: "has no status without an id, a channel, or somebody who asks",
    run: async ({ alice }) => [
      await failure(statusOf(alice.raw, alice.identity, "")),
      await failure(statusOf(alice.raw, alice.identity, "ab".repeat(32), { channel: "" })),
      await failure(statusOf(alice.raw, alice.identity, "ab".repeat(32), { identity: new Uint8Array() })),
    ],
    gives: [
      "ServiceError INVALID_ARGUMENT: transaction ID should not be empty",
      "ServiceError INVALID_ARGUMENT: no channel ID provided",
      "ServiceError INVALID_ARGUMENT: no identity provided",
    ],
  },
  {
    does: "has a status for a peer, and for another organisation",
    run: async ({ network, alice, key }) => {
      const transaction = await alice.endorse([["put", key, "1"]]);
      await (await transaction.submit()).getStatus();
      const txId = transaction.getTransactionId();
      const asked = [network.peer("xb"), network.surety()];
      return Promise.all(asked.map((identity) => statusOf(alice.raw, identity, txId)));
    },
    gives: [0, 0],
  },
];

export const submission: Group = { title: "a submission", cases: [...envelopes, ...repeats, ...statuses] };
