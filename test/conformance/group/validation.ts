import { randomBytes } from "node:crypto";
import { StatusCode } from "@hyperledger/fabric-gateway";
import { common, ledger } from "@hyperledger/fabric-protos";
import type { Case, Group, Identity, Scene, Step } from "../case.ts";
import { failure, failureOf } from "../observed.ts";
import { endorse, statusOf, submit } from "../wire/call.ts";
import {
  changeEndorsed,
  changeHeader,
  changePayload,
  endorseAgain,
  type Endorsed,
  results,
  signEnvelope,
} from "../wire/envelope.ts";
import { makeProposal } from "../wire/proposal.ts";

const { rwset } = ledger;

/** The validation code of a transaction whose endorsed part is changed. */
function endorsedPart(
  does: string,
  change: (parts: Endorsed, scene: Scene) => void | Promise<void>,
  gives: unknown,
): Case {
  return whole(does, (envelope, scene) => changeEndorsed(envelope, (parts) => change(parts, scene)), gives);
}

function whole(
  does: string,
  change: (envelope: common.Envelope, scene: Scene) => Promise<common.Envelope>,
  gives: unknown,
  steps: (key: string) => readonly Step[] = (key) => [["put", key, "v"]],
): Case {
  return {
    does,
    gives,
    run: async (scene) => {
      const { alice, key } = scene;
      const proposal = await makeProposal(alice.identity, steps(key));
      const changed = await change(await endorse(alice.raw, proposal), scene);
      const txId = idIn(changed);
      const submitted = await failure(submit(alice.raw, await signEnvelope(changed, alice.identity), txId));
      if (submitted !== "taken") return submitted;
      return statusOf(alice.raw, alice.identity, txId, { timeoutMs: 5_000 }).catch(failureOf);
    },
  };
}

const members = ["xa", "xb", "xc", "xd"];
const peersOf = ({ network }: Scene, count: number): Identity[] =>
  members.slice(0, count).map((id) => network.peer(id));

const endorsements: readonly Case[] = [
  endorsedPart(
    "endorsed by too few is invalid",
    ({ endorsed }) => endorsed.setEndorsementsList(endorsed.getEndorsementsList().slice(0, 2)),
    StatusCode.ENDORSEMENT_POLICY_FAILURE,
  ),
  endorsedPart(
    "endorsed by nobody is invalid",
    ({ endorsed }) => endorsed.setEndorsementsList([]),
    StatusCode.ENDORSEMENT_POLICY_FAILURE,
  ),
  endorsedPart(
    "endorsed by all is valid",
    (parts, scene) => endorseAgain(parts, peersOf(scene, 4)),
    StatusCode.VALID,
  ),
  endorsedPart(
    "endorsed by one organisation twice is counted once",
    (parts, scene) => endorseAgain(parts, [...peersOf(scene, 2), ...peersOf(scene, 2)]),
    StatusCode.ENDORSEMENT_POLICY_FAILURE,
  ),
  endorsedPart(
    "endorsed by two peers of one organisation is counted once",
    async (parts, scene) => {
      const again = await scene.network.issue("xa", { commonName: "peer2", ou: "peer" });
      await endorseAgain(parts, [...peersOf(scene, 2), again]);
    },
    StatusCode.ENDORSEMENT_POLICY_FAILURE,
  ),
  endorsedPart(
    "endorsed by a client of a member's is not endorsed by it",
    (parts, scene) => endorseAgain(parts, [...peersOf(scene, 2), scene.network.caller("xc").identity]),
    StatusCode.ENDORSEMENT_POLICY_FAILURE,
  ),
  endorsedPart(
    "endorsed by a peer of another organisation's is not endorsed",
    (parts, scene) =>
      endorseAgain(parts, [...peersOf(scene, 2), { ...scene.network.peer("xc"), mspId: "XdMSP" }]),
    StatusCode.ENDORSEMENT_POLICY_FAILURE,
  ),
  endorsedPart(
    "with a result that the endorsers did not sign is invalid",
    ({ action }, { key }) => action.setResults(writing(key, "tampered")),
    StatusCode.ENDORSEMENT_POLICY_FAILURE,
  ),
  endorsedPart(
    "with any result that enough endorsers signed is valid",
    async (parts, scene) => {
      parts.action.setResults(writing(scene.key, "agreed"));
      await endorseAgain(parts, peersOf(scene, 3));
    },
    StatusCode.VALID,
  ),
  endorsedPart(
    "with a signature that was changed is invalid",
    ({ endorsed }) => {
      const [first] = endorsed.getEndorsementsList();
      first!.setSignature(randomBytes(70));
    },
    StatusCode.ENDORSEMENT_POLICY_FAILURE,
  ),
  endorsedPart(
    "with one garbage endorsement beside enough good ones is valid",
    async (parts, scene) => {
      await endorseAgain(parts, peersOf(scene, 4));
      parts.endorsed.getEndorsementsList()[3]!.setSignature(randomBytes(70));
    },
    StatusCode.VALID,
  ),
  endorsedPart(
    "with an endorsement by nobody beside enough good ones is valid",
    async (parts, scene) => {
      await endorseAgain(parts, peersOf(scene, 4));
      parts.endorsed.getEndorsementsList()[3]!.setEndorser(Buffer.from("nobody"));
    },
    StatusCode.VALID,
  ),
];

const contents: readonly Case[] = [
  endorsedPart(
    "whose proposal hash is another's is invalid",
    ({ response }) => response.setProposalHash(randomBytes(32)),
    StatusCode.INVALID_ENDORSER_TRANSACTION,
  ),
  endorsedPart(
    "whose arguments were changed is invalid",
    ({ payload }) => payload.setChaincodeProposalPayload(Buffer.from("changed")),
    StatusCode.INVALID_ENDORSER_TRANSACTION,
  ),
  endorsedPart(
    "with two actions is invalid",
    ({ transaction }) => void transaction.addActions(transaction.getActionsList()[0]),
    StatusCode.INVALID_ENDORSER_TRANSACTION,
  ),
  endorsedPart(
    "that says another chaincode answered is invalid",
    (parts, scene) => {
      parts.action.getChaincodeId()!.setName("nobody");
      return endorseAgain(parts, peersOf(scene, 3));
    },
    StatusCode.INVALID_CHAINCODE,
  ),
  endorsedPart(
    "that says another version answered is valid",
    (parts, scene) => {
      parts.action.getChaincodeId()!.setVersion("99");
      return endorseAgain(parts, peersOf(scene, 3));
    },
    StatusCode.VALID,
  ),
  endorsedPart(
    "that names no chaincode that answered is invalid",
    (parts, scene) => {
      parts.action.clearChaincodeId();
      return endorseAgain(parts, peersOf(scene, 3));
    },
    StatusCode.INVALID_OTHER_REASON,
  ),
  endorsedPart(
    "that writes to another chaincode's keys is invalid",
    (parts, scene) => {
      parts.action.setResults(writing(scene.key, "1", "nobody"));
      return endorseAgain(parts, peersOf(scene, 3));
    },
    StatusCode.INVALID_CHAINCODE,
  ),
  endorsedPart(
    "that writes to the life cycle's keys is valid, if its endorsers may",
    (parts, scene) => {
      parts.action.setResults(writing(scene.key, "1", "_lifecycle"));
      return endorseAgain(parts, peersOf(scene, 3));
    },
    StatusCode.VALID,
  ),
  endorsedPart(
    "whose result is garbage is invalid",
    (parts, scene) => {
      parts.action.setResults(Buffer.from("ffffff", "hex"));
      return endorseAgain(parts, peersOf(scene, 3));
    },
    StatusCode.BAD_RWSET,
  ),
  endorsedPart(
    "with no result at all is valid",
    (parts, scene) => {
      parts.action.setResults("");
      return endorseAgain(parts, peersOf(scene, 3));
    },
    StatusCode.VALID,
  ),
  endorsedPart(
    "with the same namespace twice is invalid",
    (parts, scene) => {
      const set = results(parts.action);
      set.addNsRwset(set.getNsRwsetList().at(-1));
      parts.action.setResults(set.serializeBinary());
      return endorseAgain(parts, peersOf(scene, 3));
    },
    StatusCode.ILLEGAL_WRITESET,
  ),
  endorsedPart(
    "whose chaincode answered with an error is valid, if enough endorsers signed that",
    (parts, scene) => {
      parts.action.getResponse()!.setStatus(500);
      return endorseAgain(parts, peersOf(scene, 3));
    },
    StatusCode.VALID,
  ),
  endorsedPart(
    "with an event that is garbage is invalid",
    (parts, scene) => {
      parts.action.setEvents(Buffer.from("ffffff", "hex"));
      return endorseAgain(parts, peersOf(scene, 3));
    },
    StatusCode.INVALID_OTHER_REASON,
  ),
];

const frames: readonly Case[] = [
  whole(
    "with another id than its nonce gives is invalid",
    (envelope) => changeHeader(envelope, (header) => header.setTxId(randomBytes(32).toString("hex"))),
    StatusCode.BAD_PROPOSAL_TXID,
  ),
  whole(
    "of another epoch is invalid",
    (envelope) => changeHeader(envelope, (header) => header.setEpoch(1)),
    StatusCode.BAD_COMMON_HEADER,
  ),
  whole(
    "whose header's extension is garbage is invalid",
    (envelope) => changeHeader(envelope, (header) => header.setExtension$(Buffer.from("ffffff", "hex"))),
    StatusCode.INVALID_ENDORSER_TRANSACTION,
  ),
  whole(
    "whose transaction is garbage is invalid",
    (envelope) => changePayload(envelope, (payload) => payload.setData(Buffer.from("ffffff", "hex"))),
    StatusCode.INVALID_ENDORSER_TRANSACTION,
  ),
  whole(
    "without a transaction is invalid",
    (envelope) => changePayload(envelope, (payload) => payload.setData("")),
    StatusCode.INVALID_ENDORSER_TRANSACTION,
  ),
];

function idIn(envelope: common.Envelope): string {
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  return common.ChannelHeader.deserializeBinary(payload.getHeader()!.getChannelHeader_asU8()).getTxId();
}

/** A read-write set that no chaincode made. */
function writing(key: string, value: string, namespace = "probe"): Uint8Array {
  const write = new rwset.kvrwset.KVWrite();
  write.setKey(key);
  write.setValue(Buffer.from(value));
  const set = new rwset.kvrwset.KVRWSet();
  set.setWritesList([write]);
  const ofNamespace = new rwset.NsReadWriteSet();
  ofNamespace.setNamespace(namespace);
  ofNamespace.setRwset(set.serializeBinary());
  const all = new rwset.TxReadWriteSet();
  all.setNsRwsetList([ofNamespace]);
  return all.serializeBinary();
}

export const validation: Group = {
  title: "a transaction in a block",
  cases: [...endorsements, ...contents, ...frames],
};
