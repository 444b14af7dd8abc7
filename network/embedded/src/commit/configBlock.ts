import { common, msp } from "@hyperledger/fabric-protos";
import type { MspDefinition } from "../identity/mspRegistry.ts";
import { buildBlock, embeddedMark, transactionsOf } from "../store/block.ts";
import type { LedgerStore } from "../store/ledgerStore.ts";
import type { ChaincodeDefinition } from "../definition/chaincodeDefinitions.ts";
import type { CollectionConfig } from "../definition/collection.ts";
import { collectionPackage } from "./collectionPackage.ts";
import { outOf } from "./signaturePolicy.ts";
import { StoreError } from "../store/storeError.ts";
import { bytesEqual } from "../wire/hash.ts";

export interface ChannelConfig {
  readonly channel: string;
  readonly chaincodes: readonly ChaincodeDefinition[];
  readonly quorum: number;
  readonly members: readonly MspDefinition[];
  readonly otherMsps: readonly MspDefinition[];
}

/**
 * Block 0 holds the channel's configuration, as in Fabric; a start with another one writes it as a new block.
 * @throws StoreError when the directory belongs to another channel
 */
export async function writeConfigBlock(config: ChannelConfig, store: LedgerStore): Promise<void> {
  const envelope = configEnvelope(config);
  const { height: number, hash: previousHash, lastConfig } = store.tip;
  if (number > 0) {
    const current = store.getBlock(lastConfig);
    const [inForce = new Uint8Array()] = current === undefined ? [] : transactionsOf(current);
    if (bytesEqual(inForce, envelope)) return;
    refuseOtherChannel(inForce, config.channel);
  }
  const codes = [0];
  const block = buildBlock({ number, previousHash, transactions: [envelope], codes, lastConfig: number });
  await store.commit({ block, lastConfig: number, transactions: [{ txId: "", code: 0 }], writes: [] });
}

function refuseOtherChannel(envelope: Uint8Array, channel: string): void {
  const payload = common.Payload.deserializeBinary(
    common.Envelope.deserializeBinary(envelope).getPayload_asU8(),
  );
  const bytes = payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array();
  const found = common.ChannelHeader.deserializeBinary(bytes).getChannelId();
  if (found !== channel) {
    throw new StoreError("STORE_OTHER_CHANNEL", `this ledger is of channel "${found}", not "${channel}"`);
  }
}

/** No time, nonce or signature in it: the same configuration is always the same bytes. */
function configEnvelope(channelConfig: ChannelConfig): Uint8Array {
  const channelHeader = new common.ChannelHeader();
  channelHeader.setType(common.HeaderType.CONFIG);
  channelHeader.setChannelId(channelConfig.channel);
  const header = new common.Header();
  header.setChannelHeader(channelHeader.serializeBinary());
  header.setSignatureHeader(new common.SignatureHeader().serializeBinary());

  const config = new common.Config();
  config.setChannelGroup(channelGroup(channelConfig));
  const configMessage = new common.ConfigEnvelope();
  configMessage.setConfig(config);
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(configMessage.serializeBinary());
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  return envelope.serializeBinary();
}

function channelGroup(config: ChannelConfig): common.ConfigGroup {
  const application = new common.ConfigGroup();
  for (const definition of [...config.members, ...config.otherMsps]) {
    application.getGroupsMap().set(definition.mspId, mspGroup(definition));
  }
  application.getPoliciesMap().set("Endorsement", endorsementPolicy(config));
  const channel = new common.ConfigGroup();
  channel.getGroupsMap().set("Application", application);
  const names = config.chaincodes.map(({ name }) => name).join(", ");
  channel.getValuesMap().set("Comity", plainValue(`${embeddedMark}; chaincode ${names}`));
  for (const { name, collections } of config.chaincodes) {
    if (collections.length > 0)
      channel.getValuesMap().set(`Collections of ${name}`, collectionsValue(collections));
  }
  return channel;
}

function mspGroup({ mspId, rootCertificatePem }: MspDefinition): common.ConfigGroup {
  const fabricConfig = new msp.FabricMSPConfig();
  fabricConfig.setName(mspId);
  fabricConfig.addRootCerts(Buffer.from(rootCertificatePem));
  const config = new msp.MSPConfig();
  config.setConfig(fabricConfig.serializeBinary());
  const group = new common.ConfigGroup();
  const value = new common.ConfigValue();
  value.setValue(config.serializeBinary());
  group.getValuesMap().set("MSP", value);
  return group;
}

/** OutOf(quorum) over the members' peers. */
function endorsementPolicy({ quorum, members }: ChannelConfig): common.ConfigPolicy {
  const mspIds = members.map(({ mspId }) => mspId);
  const policy = new common.Policy();
  policy.setType(common.Policy.PolicyType.SIGNATURE);
  policy.setValue(outOf(quorum, mspIds, msp.MSPRole.MSPRoleType.PEER).serializeBinary());
  const configPolicy = new common.ConfigPolicy();
  configPolicy.setPolicy(policy);
  return configPolicy;
}

function collectionsValue(collections: readonly CollectionConfig[]): common.ConfigValue {
  const value = new common.ConfigValue();
  value.setValue(collectionPackage(collections).serializeBinary());
  return value;
}

function plainValue(text: string): common.ConfigValue {
  const value = new common.ConfigValue();
  value.setValue(Buffer.from(text));
  return value;
}
