import { common } from "@hyperledger/fabric-protos";
import { derInteger } from "../identity/signature.ts";
import { bytesEqual, sha256 } from "../wire/hash.ts";

/** Every block says so in its SIGNATURES metadata, where Fabric's orderers put their consensus metadata. */
export const embeddedMark = "comity embedded ledger: evaluation only, one operator, no fault tolerance";

const { SIGNATURES, TRANSACTIONS_FILTER } = common.BlockMetadataIndex;
const metadataSlots = 5;

export interface NewBlock {
  readonly number: number;
  readonly previousHash: Uint8Array;
  readonly transactions: readonly Uint8Array[];
  /** One TxValidationCode per transaction. */
  readonly codes: readonly number[];
  /** Number of the last block that carried a configuration. */
  readonly lastConfig: number;
}

export function buildBlock(block: NewBlock): common.Block {
  const data = new common.BlockData();
  data.setDataList([...block.transactions]);
  const header = new common.BlockHeader();
  header.setNumber(block.number);
  header.setPreviousHash(block.previousHash);
  header.setDataHash(sha256(...block.transactions));
  const built = new common.Block();
  built.setHeader(header);
  built.setData(data);
  built.setMetadata(metadataOf(block));
  return built;
}

function metadataOf(block: NewBlock): common.BlockMetadata {
  const lastConfig = new common.LastConfig();
  lastConfig.setIndex(block.lastConfig);
  const ordererMetadata = new common.OrdererBlockMetadata();
  ordererMetadata.setLastConfig(lastConfig);
  ordererMetadata.setConsenterMetadata(Buffer.from(embeddedMark));
  const signatures = new common.Metadata();
  signatures.setValue(ordererMetadata.serializeBinary());
  const slots: Uint8Array[] = Array.from({ length: metadataSlots }, () => new Uint8Array());
  slots[SIGNATURES] = signatures.serializeBinary();
  slots[TRANSACTIONS_FILTER] = Uint8Array.from(block.codes);
  const metadata = new common.BlockMetadata();
  metadata.setMetadataList(slots);
  return metadata;
}

/** Fabric: protoutil/blockutils.go. SHA-256 over the DER of SEQUENCE { number, previousHash, dataHash }. */
export function blockHash(header: common.BlockHeader): Buffer {
  const body = Buffer.concat([
    derInteger(BigInt(header.getNumber())),
    octetString(header.getPreviousHash_asU8()),
    octetString(header.getDataHash_asU8()),
  ]);
  return sha256(Buffer.concat([Buffer.from([0x30, body.length]), body]));
}

/** Hashes of 32 bytes and block 0's empty one: lengths stay below 128. */
function octetString(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([0x04, bytes.length]), bytes]);
}

export function blockNumber(block: common.Block): number {
  return block.getHeader()?.getNumber() ?? 0;
}

export function transactionsOf(block: common.Block): Uint8Array[] {
  return block.getData()?.getDataList_asU8() ?? [];
}

export function validationCodes(block: common.Block): Uint8Array {
  return block.getMetadata()?.getMetadataList_asU8()[TRANSACTIONS_FILTER] ?? new Uint8Array();
}

export function isMarkedEmbedded(block: common.Block): boolean {
  const bytes = block.getMetadata()?.getMetadataList_asU8()[SIGNATURES] ?? new Uint8Array();
  const value = common.Metadata.deserializeBinary(bytes).getValue_asU8();
  const mark = common.OrdererBlockMetadata.deserializeBinary(value).getConsenterMetadata_asU8();
  return Buffer.from(mark).toString() === embeddedMark;
}

/**
 * Whether an exported chain holds together: numbers without a gap, each header over its own data and its predecessor.
 * Undefined when it does, otherwise what is wrong, with the block's number.
 */
export function chainFault(
  blocks: readonly common.Block[],
  previous?: common.BlockHeader,
): string | undefined {
  let before = previous;
  for (const block of blocks) {
    const header = block.getHeader();
    if (header === undefined) return "a block has no header";
    const expected = before === undefined ? 0 : before.getNumber() + 1;
    const fault = headerFault(header, block, before, expected);
    if (fault !== undefined) return `block ${expected}: ${fault}`;
    before = header;
  }
  return undefined;
}

function headerFault(
  header: common.BlockHeader,
  block: common.Block,
  before: common.BlockHeader | undefined,
  expected: number,
): string | undefined {
  if (header.getNumber() !== expected) return `its number is ${header.getNumber()}`;
  const previousHash = before === undefined ? new Uint8Array() : blockHash(before);
  if (!bytesEqual(header.getPreviousHash_asU8(), previousHash)) return "it does not follow its predecessor";
  if (!bytesEqual(header.getDataHash_asU8(), sha256(...transactionsOf(block))))
    return "its data hash differs";
  if (validationCodes(block).length !== transactionsOf(block).length)
    return "its validation flags do not fit";
  return undefined;
}
