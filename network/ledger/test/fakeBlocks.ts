import { common, msp, peer } from "@hyperledger/fabric-protos";
import { encodeCanonical } from "@comity/protocol";
import { blockDataHash, blockHeaderHash } from "../src/blockHash.ts";

export interface FakeTransaction {
  readonly id: string;
  readonly code?: number;
  readonly chaincode?: string;
  readonly eventName?: string;
  readonly payload?: Uint8Array;
}

export const eventPayload = (subject: string): Uint8Array =>
  encodeCanonical({ events: [{ type: "notice-filed", subject, rev: 1, hash: "ab".repeat(32) }] });

/** A chain of blocks that holds together: each list is the transactions of one block. */
export function fakeChain(...blocks: readonly (readonly FakeTransaction[])[]): common.Block[] {
  let previousHash: Uint8Array = new Uint8Array();
  return blocks.map((transactions, number) => {
    const data = transactions.map(transactionEnvelope);
    const header = new common.BlockHeader();
    header.setNumber(number);
    header.setPreviousHash(previousHash);
    header.setDataHash(blockDataHash(data));
    previousHash = blockHeaderHash(BigInt(number), header.getPreviousHash_asU8(), header.getDataHash_asU8());
    const block = new common.Block();
    block.setHeader(header);
    const body = new common.BlockData();
    body.setDataList(data);
    block.setData(body);
    const metadata = new common.BlockMetadata();
    const flags = Uint8Array.from(transactions.map(({ code }) => code ?? 0));
    metadata.setMetadataList([new Uint8Array(), new Uint8Array(), flags, new Uint8Array(), new Uint8Array()]);
    block.setMetadata(metadata);
    return block;
  });
}

function transactionEnvelope(fake: FakeTransaction): Uint8Array {
  const channelHeader = new common.ChannelHeader();
  channelHeader.setType(common.HeaderType.ENDORSER_TRANSACTION);
  channelHeader.setTxId(fake.id);
  const creator = new msp.SerializedIdentity();
  creator.setMspid("AMSP");
  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setCreator(creator.serializeBinary());
  const header = new common.Header();
  header.setChannelHeader(channelHeader.serializeBinary());
  header.setSignatureHeader(signatureHeader.serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(transactionWithEvent(fake));
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  return envelope.serializeBinary();
}

function transactionWithEvent(fake: FakeTransaction): Uint8Array {
  const event = new peer.ChaincodeEvent();
  event.setChaincodeId(fake.chaincode ?? "comity");
  event.setEventName(fake.eventName ?? "comity.v1");
  event.setPayload(fake.payload ?? eventPayload(fake.id));
  const action = new peer.ChaincodeAction();
  action.setEvents(event.serializeBinary());
  const response = new peer.ProposalResponsePayload();
  response.setExtension$(action.serializeBinary());
  const endorsed = new peer.ChaincodeEndorsedAction();
  endorsed.setProposalResponsePayload(response.serializeBinary());
  const actionPayload = new peer.ChaincodeActionPayload();
  actionPayload.setAction(endorsed);
  const transactionAction = new peer.TransactionAction();
  transactionAction.setPayload(actionPayload.serializeBinary());
  const transaction = new peer.Transaction();
  transaction.addActions(transactionAction);
  return transaction.serializeBinary();
}
