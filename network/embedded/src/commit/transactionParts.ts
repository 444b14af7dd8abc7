import { common, peer } from "@hyperledger/fabric-protos";
import { decode } from "../wire/decode.ts";
import { bytesEqual, sha256 } from "../wire/hash.ts";

/** The parts of a submitted transaction that validation looks at. */
export interface EndorsedAction {
  readonly responsePayload: Uint8Array;
  readonly endorsements: readonly peer.Endorsement[];
  readonly action: peer.ChaincodeAction;
}

/**
 * Takes an endorser transaction apart; the proposal hash must bind header, input and response together.
 * Fabric: core/common/validation/msgvalidation.go, validateEndorserTransaction.
 * @throws Error when it is not one well-formed action
 */
export function endorsedAction(payload: common.Payload): EndorsedAction {
  const transaction = decode(peer.Transaction, "Transaction", payload.getData_asU8());
  const [only, ...more] = transaction.getActionsList();
  if (only === undefined || more.length > 0) throw new Error("only one action per transaction is supported");
  const header = decode(common.SignatureHeader, "SignatureHeader", only.getHeader_asU8());
  if (header.getNonce_asU8().length === 0) throw new Error("invalid nonce specified in the header");
  if (header.getCreator_asU8().length === 0) throw new Error("invalid creator specified in the header");
  const actionPayload = decode(peer.ChaincodeActionPayload, "ChaincodeActionPayload", only.getPayload_asU8());
  const endorsed = actionPayload.getAction();
  if (endorsed === undefined) throw new Error("nil action");
  const responsePayload = endorsed.getProposalResponsePayload_asU8();
  const response = decode(peer.ProposalResponsePayload, "ProposalResponsePayload", responsePayload);
  const expected = sha256(
    payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array(),
    only.getHeader_asU8(),
    actionPayload.getChaincodeProposalPayload_asU8(),
  );
  if (!bytesEqual(expected, response.getProposalHash_asU8())) throw new Error("proposal hash does not match");
  const action = decode(peer.ChaincodeAction, "ChaincodeAction", response.getExtension_asU8());
  return { responsePayload, endorsements: endorsed.getEndorsementsList(), action };
}

/** Undefined when there is none. @throws WireError */
export function eventOf(action: peer.ChaincodeAction): peer.ChaincodeEvent | undefined {
  const bytes = action.getEvents_asU8();
  return bytes.length === 0 ? undefined : decode(peer.ChaincodeEvent, "ChaincodeEvent", bytes);
}

export interface CommittedTransaction {
  readonly channelHeader: common.ChannelHeader;
  readonly action: peer.ChaincodeAction;
}

/** What a valid transaction of a block did; undefined of a configuration. */
export function committedTransaction(envelopeBytes: Uint8Array): CommittedTransaction | undefined {
  const envelope = common.Envelope.deserializeBinary(envelopeBytes);
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  const bytes = payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array();
  const channelHeader = common.ChannelHeader.deserializeBinary(bytes);
  if (channelHeader.getType() !== common.HeaderType.ENDORSER_TRANSACTION) return undefined;
  return { channelHeader, action: endorsedAction(payload).action };
}
