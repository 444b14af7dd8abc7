import { createHash, createPrivateKey, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Coalition } from "@comity/cli";
import { canonicalString } from "@comity/protocol";
import { Client, credentials } from "@grpc/grpc-js";
import { connect, type Gateway, hash, type Signer, signers } from "@hyperledger/fabric-gateway";
import { common, gateway as gatewayProtos, ledger, msp, peer } from "@hyperledger/fabric-protos";

export interface Forgery {
  /** Members whose endorsing keys the attacker has. */
  readonly endorsers: readonly string[];
  /** What no chaincode ever said should be written. */
  readonly write: { readonly key: string; readonly value: string };
}

/** Sends a transaction whose effects and endorsements are the attacker's own. Gives Fabric's validation code for it. */
export async function submitForged(coalition: Coalition, { endorsers, write }: Forgery): Promise<number> {
  const [creator] = endorsers;
  if (creator === undefined) throw new RangeError("an attacker has at least its own key");
  const client = dial(coalition, creator);
  try {
    const gateway = gatewayOf(coalition, creator, client);
    const prepared = await harmless(gateway, creator);
    const envelope = prepared.getEnvelope();
    if (envelope === undefined) throw new Error("nothing was endorsed");
    const forged = await forgeryOf(envelope, coalition, { endorsers, write });
    prepared.setEnvelope(forged);
    const commit = await gateway.newTransaction(prepared.serializeBinary()).submit();
    return (await commit.getStatus()).code;
  } finally {
    client.close();
  }
}

/** An honest transaction, honestly endorsed: the frame for the forged one. */
async function harmless(gateway: Gateway, memberId: string): Promise<gatewayProtos.PreparedTransaction> {
  const operator = { operatorId: `forger-${randomUUID().slice(0, 8)}`, memberId, name: "Forger" };
  const endorsed = await gateway
    .getNetwork("comity")
    .getContract("comity")
    .newProposal("facility:RegisterOperator", { arguments: [canonicalString(operator)] })
    .endorse();
  return gatewayProtos.PreparedTransaction.deserializeBinary(endorsed.getBytes());
}

async function forgeryOf(
  envelope: common.Envelope,
  coalition: Coalition,
  { endorsers, write }: Forgery,
): Promise<common.Envelope> {
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  const transaction = peer.Transaction.deserializeBinary(payload.getData_asU8());
  const [action] = transaction.getActionsList();
  if (action === undefined) throw new Error("a transaction has an action");
  const actionPayload = peer.ChaincodeActionPayload.deserializeBinary(action.getPayload_asU8());
  const endorsed = actionPayload.getAction();
  if (endorsed === undefined) throw new Error("an action was endorsed");
  const response = peer.ProposalResponsePayload.deserializeBinary(endorsed.getProposalResponsePayload_asU8());
  const result = peer.ChaincodeAction.deserializeBinary(response.getExtension_asU8());
  result.setResults(writing(write));
  response.setExtension$(result.serializeBinary());
  const bytes = response.serializeBinary();
  endorsed.setProposalResponsePayload(bytes);
  endorsed.setEndorsementsList(await Promise.all(endorsers.map((id) => endorse(coalition, id, bytes))));
  action.setPayload(actionPayload.serializeBinary());
  payload.setData(transaction.serializeBinary());
  const forged = new common.Envelope();
  forged.setPayload(payload.serializeBinary());
  return forged;
}

function writing({ key, value }: Forgery["write"]): Uint8Array {
  const write = new ledger.rwset.kvrwset.KVWrite();
  write.setKey(key);
  write.setValue(Buffer.from(value));
  const set = new ledger.rwset.kvrwset.KVRWSet();
  set.setWritesList([write]);
  const ofChaincode = new ledger.rwset.NsReadWriteSet();
  ofChaincode.setNamespace("comity");
  ofChaincode.setRwset(set.serializeBinary());
  const all = new ledger.rwset.TxReadWriteSet();
  all.setNsRwsetList([ofChaincode]);
  return all.serializeBinary();
}

async function endorse(
  coalition: Coalition,
  memberId: string,
  response: Uint8Array,
): Promise<peer.Endorsement> {
  const { certificateFile, keyFile } = coalition.layout.keyPair(memberId, "peer");
  const identity = new msp.SerializedIdentity();
  identity.setMspid(mspIdOf(coalition, memberId));
  identity.setIdBytes(readFileSync(certificateFile));
  const endorser = identity.serializeBinary();
  const digest = createHash("sha256").update(response).update(endorser).digest();
  const endorsement = new peer.Endorsement();
  endorsement.setEndorser(endorser);
  endorsement.setSignature(await signerOf(keyFile)(digest));
  return endorsement;
}

function dial({ layout, network }: Coalition, memberId: string): Client {
  const port = network.members.find((member) => member.memberId === memberId)?.ports.ledger ?? 0;
  const root = readFileSync(layout.tlsRootCertificate(memberId));
  return new Client(`127.0.0.1:${port}`, credentials.createSsl(root));
}

function gatewayOf(coalition: Coalition, memberId: string, client: Client): Gateway {
  const { certificateFile, keyFile } = coalition.layout.keyPair(memberId, "officer");
  return connect({
    client,
    identity: { mspId: mspIdOf(coalition, memberId), credentials: readFileSync(certificateFile) },
    signer: signerOf(keyFile),
    hash: hash.sha256,
  });
}

function signerOf(keyFile: string): Signer {
  return signers.newPrivateKeySigner(createPrivateKey(readFileSync(keyFile)));
}

function mspIdOf({ network }: Coalition, memberId: string): string {
  return network.members.find((member) => member.memberId === memberId)?.mspId ?? "";
}
