import { decodeCanonical, decodeLedgerEvents, LEDGER_EVENT, type LedgerEvent } from "@comity/protocol";
import { common, msp, peer } from "@hyperledger/fabric-protos";
import { blockDataHash, blockHeaderHash } from "./blockHash.ts";
import { LedgerError } from "./ledgerError.ts";

export interface LedgerTransaction {
  /** Empty for configuration. */
  readonly id: string;
  /** Fabric's validation code: 0 is valid. */
  readonly validationCode: number;
  readonly timestampMs: number;
  readonly mspId: string;
  /** Of valid transactions of our chaincode only; an invalid one changed nothing. */
  readonly events: readonly LedgerEvent[];
}

export interface LedgerBlock {
  readonly number: bigint;
  /** Lower-case hex, as Fabric computes it; of block 0 the previous hash is empty. */
  readonly hash: string;
  readonly previousHash: string;
  readonly transactions: readonly LedgerTransaction[];
}

const MAX_EVENT_BYTES = 64 * 1024;

/** Reads one block: its hash is computed here, and its data must be what its header says. */
export function readBlock(block: common.Block, chaincode: string): LedgerBlock {
  const header = block.getHeader();
  if (!header) throw malformed("a block without a header");
  const number = BigInt(header.getNumber());
  const previousHash = header.getPreviousHash_asU8();
  const dataHash = header.getDataHash_asU8();
  if (dataHash.length !== 32 || previousHash.length !== (number === 0n ? 0 : 32)) {
    throw malformed(`block ${number.toString()} has hashes of another length`);
  }
  const envelopes = block.getData()?.getDataList_asU8() ?? [];
  if (!blockDataHash(envelopes).equals(dataHash)) {
    throw new LedgerError(
      "LEDGER_CHAIN_BROKEN",
      `the data of block ${number.toString()} is not what its header names`,
    );
  }
  return {
    number,
    hash: blockHeaderHash(number, previousHash, dataHash).toString("hex"),
    previousHash: Buffer.from(previousHash).toString("hex"),
    transactions: readTransactions(block, envelopes, chaincode),
  };
}

function readTransactions(block: common.Block, envelopes: readonly Uint8Array[], chaincode: string) {
  const flags = block.getMetadata()?.getMetadataList_asU8()[common.BlockMetadataIndex.TRANSACTIONS_FILTER];
  return envelopes.map((bytes, index) => {
    const validationCode = flags?.[index];
    // Block 0 is configuration, and Fabric leaves it without flags.
    const isGenesis = block.getHeader()?.getNumber() === 0;
    if (validationCode === undefined && !isGenesis)
      throw malformed("a block without a verdict on its transactions");
    return readTransaction(bytes, validationCode ?? 0, chaincode);
  });
}

function readTransaction(bytes: Uint8Array, validationCode: number, chaincode: string): LedgerTransaction {
  return unlessMalformed("a transaction", () => {
    const payload = common.Payload.deserializeBinary(
      common.Envelope.deserializeBinary(bytes).getPayload_asU8(),
    );
    const header = common.ChannelHeader.deserializeBinary(
      payload.getHeader()?.getChannelHeader_asU8() ?? bytes,
    );
    const signed = common.SignatureHeader.deserializeBinary(
      payload.getHeader()?.getSignatureHeader_asU8() ?? bytes,
    );
    const isEffective = validationCode === 0 && header.getType() === common.HeaderType.ENDORSER_TRANSACTION;
    return {
      id: header.getTxId(),
      validationCode,
      timestampMs: millisecondsOf(header.getTimestamp() as ProtobufTimestamp | undefined),
      mspId: msp.SerializedIdentity.deserializeBinary(signed.getCreator_asU8()).getMspid(),
      events: isEffective ? readEvents(payload.getData_asU8(), chaincode) : [],
    };
  });
}

function readEvents(data: Uint8Array, chaincode: string): LedgerEvent[] {
  return peer.Transaction.deserializeBinary(data)
    .getActionsList()
    .flatMap((action) => {
      const payload = peer.ChaincodeActionPayload.deserializeBinary(action.getPayload_asU8());
      const response = payload.getAction()?.getProposalResponsePayload_asU8();
      const extension = peer.ProposalResponsePayload.deserializeBinary(
        response ?? new Uint8Array(),
      ).getExtension_asU8();
      const events = peer.ChaincodeAction.deserializeBinary(extension).getEvents_asU8();
      const set = peer.ChaincodeEvent.deserializeBinary(events);
      if (set.getChaincodeId() !== chaincode || set.getEventName() !== LEDGER_EVENT) return [];
      return decodeLedgerEvents(decodeCanonical(set.getPayload_asU8(), MAX_EVENT_BYTES)).events;
    });
}

/** fabric-protos' own types leave this one out. */
interface ProtobufTimestamp {
  getSeconds(): number;
  getNanos(): number;
}

function millisecondsOf(timestamp: ProtobufTimestamp | undefined): number {
  return timestamp ? timestamp.getSeconds() * 1000 + Math.floor(timestamp.getNanos() / 1e6) : 0;
}

/** Decoders of protobuf throw plain errors on bytes that are none. */
function unlessMalformed<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof LedgerError) throw error;
    throw malformed(`${what} that cannot be read`, error);
  }
}

function malformed(text: string, cause?: unknown): LedgerError {
  return new LedgerError("LEDGER_BLOCK_MALFORMED", `the ledger delivered ${text}`, { cause });
}
