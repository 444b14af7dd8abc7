import assert from "node:assert/strict";
import { common } from "@hyperledger/fabric-protos";
import fc from "fast-check";
import { configUpdateEnvelope, readConfigBlock } from "../../src/channel/configUpdate.ts";

function blockWith(envelope: Uint8Array | undefined, number: number): Uint8Array {
  const data = new common.BlockData();
  if (envelope !== undefined) data.addData(envelope);
  const header = new common.BlockHeader();
  header.setNumber(number);
  const block = new common.Block();
  block.setHeader(header);
  block.setData(data);
  return block.serializeBinary();
}

/** As an orderer makes it of an update that was sent. */
function configEnvelope(
  lastUpdate: Uint8Array | undefined,
  type: common.HeaderTypeMap[keyof common.HeaderTypeMap],
) {
  const config = new common.ConfigEnvelope();
  if (lastUpdate !== undefined) config.setLastUpdate(common.Envelope.deserializeBinary(lastUpdate));
  const channelHeader = new common.ChannelHeader();
  channelHeader.setType(type);
  const header = new common.Header();
  header.setChannelHeader(channelHeader.serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(config.serializeBinary());
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  return envelope.serializeBinary();
}

describe("an update of the channel", () => {
  it("is found in its block byte for byte as the members voted for it", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), fc.nat(100_000), (update, number) => {
        const envelope = configEnvelope(configUpdateEnvelope("comity", update), common.HeaderType.CONFIG);

        const found = readConfigBlock(blockWith(envelope, number));

        assert.equal(found?.number, number);
        assert.deepEqual(Buffer.from(found.update ?? []), Buffer.from(update));
      }),
    );
  });

  it("is not in the channel's first block, nor in one with transactions, nor in an empty one", () => {
    const first = configEnvelope(undefined, common.HeaderType.CONFIG);
    assert.deepEqual(readConfigBlock(blockWith(first, 0)), { number: 0, update: undefined });

    const transaction = configEnvelope(undefined, common.HeaderType.ENDORSER_TRANSACTION);
    assert.equal(readConfigBlock(blockWith(transaction, 7)), undefined);
    assert.equal(readConfigBlock(blockWith(undefined, 7)), undefined);
  });
});
