import type { Transaction } from "@hyperledger/fabric-gateway";
import { common, gateway, ledger, msp, peer } from "@hyperledger/fabric-protos";
import type { Case, Group, Scene, Step } from "../case.ts";
import { channel, probe } from "../network/names.ts";
import { changeEndorsed, type Endorsed, results } from "../wire/envelope.ts";

function envelopeOf(transaction: Transaction): common.Envelope {
  const prepared = gateway.PreparedTransaction.deserializeBinary(transaction.getBytes());
  return prepared.getEnvelope() ?? new common.Envelope();
}

/** What is in an endorsed transaction of these steps. */
async function look(
  { alice }: Scene,
  steps: readonly Step[],
  at: (parts: Endorsed) => unknown,
): Promise<unknown> {
  let seen: unknown;
  await changeEndorsed(envelopeOf(await alice.endorse(steps)), (parts) => {
    seen = at(parts);
  });
  return seen;
}

function ownSet(action: peer.ChaincodeAction) {
  const own = results(action)
    .getNsRwsetList()
    .find((each) => each.getNamespace() === probe);
  const set = ledger.rwset.kvrwset.KVRWSet.deserializeBinary(own?.getRwset_asU8() ?? new Uint8Array());
  return {
    reads: set.getReadsList().map((read) => [read.getKey().split("/").at(-1), read.hasVersion()]),
    writes: set
      .getWritesList()
      .map((write) => [
        write.getKey().split("/").at(-1),
        write.getIsDelete(),
        Buffer.from(write.getValue_asU8()).toString(),
      ]),
  };
}

const cases: readonly Case[] = [
  {
    does: "of endorsers names chaincode and version, and holds the answer",
    run: (scene) =>
      look(scene, [["get", scene.key]], ({ action, response }) => {
        const [id, answer] = [action.getChaincodeId(), action.getResponse()];
        const payload = Buffer.from(answer?.getPayload_asU8() ?? []).toString();
        return [
          [id?.getName(), id?.getVersion(), id?.getPath()],
          [answer?.getStatus(), answer?.getMessage(), payload],
          response.getProposalHash_asU8().length,
        ];
      }),
    gives: [["probe", "1", ""], [200, "", '[""]'], 32],
  },
  {
    does: "of endorsers holds each key that was read once and each that was written once, in order",
    run: async (scene) => {
      const { alice, key } = scene;
      await alice.submit(["put", `${key}old`, "1"]);
      const steps: Step[] = [
        ["get", `${key}old`],
        ["get", `${key}b`],
        ["get", `${key}a`],
        ["get", `${key}a`],
      ];
      steps.push(
        ["put", `${key}d`, "1"],
        ["put", `${key}c`, "1"],
        ["put", `${key}d`, "2"],
        ["delete", `${key}e`],
      );
      return look(scene, steps, ({ action }) => ownSet(action));
    },
    gives: {
      reads: [
        ["a", false],
        ["b", false],
        ["old", true],
      ],
      writes: [
        ["c", false, "1"],
        ["d", false, "2"],
        ["e", true, ""],
      ],
    },
  },
  {
    does: "of endorsers lists the namespaces that it depends on",
    run: (scene) =>
      look(scene, [["put", scene.key, "1"]], ({ action }) =>
        results(action)
          .getNsRwsetList()
          .map((each) => each.getNamespace()),
      ),
    gives: ["_lifecycle", "probe"],
  },
  {
    does: "of endorsers holds the event with chaincode and transaction",
    run: (scene) =>
      look(scene, [["event", "name", "payload"]], ({ action }) => {
        const event = peer.ChaincodeEvent.deserializeBinary(action.getEvents_asU8());
        const payload = Buffer.from(event.getPayload_asU8()).toString();
        return [event.getChaincodeId(), event.getTxId().length, event.getEventName(), payload];
      }),
    gives: ["probe", 64, "name", "payload"],
  },
  {
    does: "of the gateway holds a quorum's endorsements, each of another member's, its own among them",
    run: (scene) =>
      look(scene, [["put", scene.key, "1"]], ({ endorsed }) => {
        const mspIds = endorsed
          .getEndorsementsList()
          .map((each) => msp.SerializedIdentity.deserializeBinary(each.getEndorser_asU8()).getMspid());
        return [mspIds.length, new Set(mspIds).size, mspIds.includes("XaMSP")];
      }),
    gives: [3, 3, true],
  },
  {
    does: "that was sent is given whole, with its code",
    run: async ({ alice, key }) => {
      const transaction = await alice.endorse([["put", key, "1"]]);
      await (await transaction.submit()).getStatus();
      const qscc = alice.network.getContract("qscc");
      const bytes = await qscc.evaluateTransaction(
        "GetTransactionByID",
        channel,
        transaction.getTransactionId(),
      );
      const processed = peer.ProcessedTransaction.deserializeBinary(bytes);
      const sent = envelopeOf(transaction).getPayload_asU8();
      const kept = processed.getTransactionenvelope()?.getPayload_asU8() ?? new Uint8Array();
      return [processed.getValidationcode(), Buffer.compare(sent, kept)];
    },
    gives: [0, 0],
  },
  {
    does: "that is a block has five metadata, of which these are filled",
    run: async ({ alice, key }) => {
      const { blockNumber } = await (await (await alice.endorse([["put", key, "1"]])).submit()).getStatus();
      const qscc = alice.network.getContract("qscc");
      const bytes = await qscc.evaluateTransaction("GetBlockByNumber", channel, String(blockNumber));
      const metadata = common.Block.deserializeBinary(bytes).getMetadata()?.getMetadataList_asU8() ?? [];
      return metadata.map(({ length }) => length > 0);
    },
    gives: [true, false, true, false, true],
  },
];

export const shape: Group = { title: "a message", cases };
