// Envelopes of which a part was changed, still to be signed.
import { common, peer } from "@hyperledger/fabric-protos";

export function changeChannelHeader(
  envelope: common.Envelope,
  change: (header: common.ChannelHeader) => void,
): common.Envelope {
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  const header = common.ChannelHeader.deserializeBinary(payload.getHeader()!.getChannelHeader_asU8());
  change(header);
  payload.getHeader()!.setChannelHeader(header.serializeBinary());
  return envelopeOf(payload);
}

/** Changes the endorsed action inside an envelope, leaving all around it as it was. */
export function changeAction(
  envelope: common.Envelope,
  change: (action: peer.ChaincodeEndorsedAction) => void,
): common.Envelope {
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  const transaction = peer.Transaction.deserializeBinary(payload.getData_asU8());
  const [action] = transaction.getActionsList();
  const actionPayload = peer.ChaincodeActionPayload.deserializeBinary(action!.getPayload_asU8());
  change(actionPayload.getAction()!);
  action!.setPayload(actionPayload.serializeBinary());
  payload.setData(transaction.serializeBinary());
  return envelopeOf(payload);
}

function envelopeOf(payload: common.Payload): common.Envelope {
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  return envelope;
}
