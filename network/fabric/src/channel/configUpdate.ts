import { common } from "@hyperledger/fabric-protos";

/** Of a block that changed the channel. */
export interface ConfigBlock {
  readonly number: number;
  /** The bytes of the ConfigUpdate that made it; undefined for the channel's first block. */
  readonly update: Uint8Array | undefined;
}

/**
 * What administrators sign and one of them sends. Made here and not by way of JSON: the members have voted for just these bytes of the update.
 * Source: `common/configtx.proto`.
 */
export function configUpdateEnvelope(channel: string, update: Uint8Array): Uint8Array {
  const channelHeader = new common.ChannelHeader();
  channelHeader.setChannelId(channel);
  channelHeader.setType(common.HeaderType.CONFIG_UPDATE);
  const header = new common.Header();
  header.setChannelHeader(channelHeader.serializeBinary());
  const signed = new common.ConfigUpdateEnvelope();
  signed.setConfigUpdate(update);
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(signed.serializeBinary());
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  return envelope.serializeBinary();
}

/** Undefined where the block holds something else. */
export function readConfigBlock(bytes: Uint8Array): ConfigBlock | undefined {
  const block = common.Block.deserializeBinary(bytes);
  const [envelope] = block.getData()?.getDataList_asU8() ?? [];
  const payload =
    envelope && payloadOf(common.Envelope.deserializeBinary(envelope), common.HeaderType.CONFIG);
  if (payload === undefined) return undefined;
  const last = common.ConfigEnvelope.deserializeBinary(payload).getLastUpdate();
  const sent = last && payloadOf(last, common.HeaderType.CONFIG_UPDATE);
  const update = sent && common.ConfigUpdateEnvelope.deserializeBinary(sent).getConfigUpdate_asU8();
  return { number: block.getHeader()?.getNumber() ?? 0, update };
}

/** What an envelope of this type carries. */
function payloadOf(
  envelope: common.Envelope,
  type: common.HeaderTypeMap[keyof common.HeaderTypeMap],
): Uint8Array | undefined {
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  const header = common.ChannelHeader.deserializeBinary(
    payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array(),
  );
  return header.getType() === type ? payload.getData_asU8() : undefined;
}
