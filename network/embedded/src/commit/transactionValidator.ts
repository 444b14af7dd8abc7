import { common, type peer as peerTypes, peer } from "@hyperledger/fabric-protos";
import type { MspRegistry } from "../identity/mspRegistry.ts";
import type { ChaincodeDefinitions } from "../definition/chaincodeDefinitions.ts";
import { type DecodedNamespace, decodeReadWriteSet, hasWrites } from "../rwset/decodedReadWriteSet.ts";
import type { LedgerStore } from "../store/ledgerStore.ts";
import { decode, type MessageType } from "../wire/decode.ts";
import { transactionIdOf } from "../wire/hash.ts";
import type { EndorsementPolicy } from "./endorsementPolicy.ts";
import { endorsedAction, type EndorsedAction, eventOf } from "./transactionParts.ts";

const Code = peer.TxValidationCode;

export interface ValidatedTransaction {
  readonly txId: string;
  /** A TxValidationCode; 0 is valid so far (the state is checked later, in block order). */
  readonly code: number;
  /** What it read and writes; nothing of an invalid one. */
  readonly readWriteSet: readonly DecodedNamespace[];
}

export interface ValidatorDeps {
  readonly msps: MspRegistry;
  readonly policy: EndorsementPolicy;
  readonly definitions: ChaincodeDefinitions;
  readonly store: LedgerStore;
}

/** A transaction is invalid: with which code it goes into the block. */
class Invalid extends Error {
  readonly code: number;

  constructor(code: number, options?: ErrorOptions) {
    super(`validation code ${code}`, options);
    this.code = code;
  }
}

/**
 * Checks a transaction as a Fabric peer does before it looks at the state.
 * Fabric: core/common/validation/msgvalidation.go and core/committer/txvalidator/v20.
 */
export class TransactionValidator {
  readonly #deps: ValidatorDeps;

  constructor(deps: ValidatorDeps) {
    this.#deps = deps;
  }

  validate(envelopeBytes: Uint8Array): ValidatedTransaction {
    let txId = "";
    try {
      const envelope = decodeOr(Code.INVALID_OTHER_REASON, common.Envelope, envelopeBytes);
      const payload = decodeOr(Code.BAD_PAYLOAD, common.Payload, envelope.getPayload_asU8());
      const { channelHeader, signatureHeader } = headersOf(payload);
      // First of all, so that whoever asks for its status learns what is wrong with the rest.
      txId = channelHeader.getTxId();
      refuseIncomplete(channelHeader, signatureHeader);
      this.#checkCreator(envelope, channelHeader, signatureHeader);
      const endorsed = orInvalid(Code.INVALID_ENDORSER_TRANSACTION, () => endorsedAction(payload));
      if (this.#deps.store.getTransaction(txId) !== undefined) throw new Invalid(Code.DUPLICATE_TXID);
      const results = endorsed.action.getResults_asU8();
      const readWriteSet = orInvalid(Code.BAD_RWSET, () => decodeReadWriteSet(results));
      const called = checkChaincode(channelHeader, endorsed.action);
      this.#checkNamespaces(called, readWriteSet);
      this.#checkPolicy(endorsed, readWriteSet);
      return { txId, code: Code.VALID, readWriteSet };
    } catch (error) {
      if (error instanceof Invalid) return { txId, code: error.code, readWriteSet: [] };
      throw error;
    }
  }

  #checkCreator(
    envelope: common.Envelope,
    channelHeader: common.ChannelHeader,
    signatureHeader: common.SignatureHeader,
  ): void {
    const creator = signatureHeader.getCreator_asU8();
    const isSigned = orInvalid(Code.BAD_CREATOR_SIGNATURE, () =>
      this.#deps.msps.resolve(creator).verify(envelope.getPayload_asU8(), envelope.getSignature_asU8()),
    );
    if (!isSigned) throw new Invalid(Code.BAD_CREATOR_SIGNATURE);
    if (channelHeader.getType() !== common.HeaderType.ENDORSER_TRANSACTION) {
      throw new Invalid(Code.UNSUPPORTED_TX_PAYLOAD);
    }
    if (channelHeader.getTxId() !== transactionIdOf(signatureHeader.getNonce_asU8(), creator)) {
      throw new Invalid(Code.BAD_PROPOSAL_TXID);
    }
  }

  /** Fabric: core/committer/txvalidator/v20/plugindispatcher. A namespace that is only read need not be a chaincode. */
  #checkNamespaces(called: string, readWriteSet: readonly DecodedNamespace[]): void {
    const names = new Set(readWriteSet.map(({ namespace }) => namespace));
    if (names.size < readWriteSet.length) throw new Invalid(Code.ILLEGAL_WRITESET);
    const written = readWriteSet.filter(hasWrites);
    const isKnown = [called, ...written.map(({ namespace }) => namespace)].every((name) =>
      this.#deps.definitions.has(name),
    );
    if (!isKnown) throw new Invalid(Code.INVALID_CHAINCODE);
  }

  /** All chaincodes and collections have the one policy; a collection that is not defined has none to satisfy. */
  #checkPolicy(endorsed: EndorsedAction, readWriteSet: readonly DecodedNamespace[]): void {
    const { policy, definitions } = this.#deps;
    const isDefined = readWriteSet.every(({ namespace, collections }) =>
      collections.every(
        ({ name, hashedSet }) =>
          hashedSet.getHashedWritesList().length === 0 ||
          definitions.collection(namespace, name) !== undefined,
      ),
    );
    if (!isDefined || !policy.isSatisfiedBy(endorsed)) throw new Invalid(Code.ENDORSEMENT_POLICY_FAILURE);
  }
}

/** The name of the called chaincode. */
function checkChaincode(channelHeader: common.ChannelHeader, action: peerTypes.ChaincodeAction): string {
  const bytes = channelHeader.getExtension_asU8();
  const extension = decodeOr(Code.BAD_HEADER_EXTENSION, peer.ChaincodeHeaderExtension, bytes);
  const called = extension.getChaincodeId();
  const answered = action.getChaincodeId();
  if (called === undefined || answered === undefined) throw new Invalid(Code.INVALID_OTHER_REASON);
  const name = called.getName();
  if (answered.getName() !== name || answered.getVersion() === "") throw new Invalid(Code.INVALID_CHAINCODE);
  const event = orInvalid(Code.INVALID_OTHER_REASON, () => eventOf(action));
  if (event !== undefined && event.getChaincodeId() !== name) {
    throw new Invalid(Code.INVALID_OTHER_REASON);
  }
  return name;
}

/** Flags later ones of the same id within a block, as Fabric does once the rest of the checks have passed. */
export function markDuplicates(transactions: readonly ValidatedTransaction[]): ValidatedTransaction[] {
  const seen = new Set<string>();
  return transactions.map((transaction) => {
    if (transaction.code !== Code.VALID) return transaction;
    if (seen.has(transaction.txId)) return { ...transaction, code: Code.DUPLICATE_TXID, readWriteSet: [] };
    seen.add(transaction.txId);
    return transaction;
  });
}

function headersOf(payload: common.Payload): {
  channelHeader: common.ChannelHeader;
  signatureHeader: common.SignatureHeader;
} {
  const header = payload.getHeader();
  if (header === undefined) throw new Invalid(Code.BAD_COMMON_HEADER);
  const channelHeader = decodeOr(
    Code.BAD_COMMON_HEADER,
    common.ChannelHeader,
    header.getChannelHeader_asU8(),
  );
  const signatureHeader = decodeOr(
    Code.BAD_COMMON_HEADER,
    common.SignatureHeader,
    header.getSignatureHeader_asU8(),
  );
  return { channelHeader, signatureHeader };
}

function refuseIncomplete(
  channelHeader: common.ChannelHeader,
  signatureHeader: common.SignatureHeader,
): void {
  const isComplete =
    channelHeader.getEpoch() === 0 &&
    signatureHeader.getNonce_asU8().length > 0 &&
    signatureHeader.getCreator_asU8().length > 0;
  if (!isComplete) throw new Invalid(Code.BAD_COMMON_HEADER);
}

function decodeOr<T>(code: number, type: MessageType<T>, bytes: Uint8Array): T {
  return orInvalid(code, () => decode(type, "message", bytes));
}

function orInvalid<T>(code: number, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new Invalid(code, { cause });
  }
}
