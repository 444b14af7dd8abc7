import { readFile } from "node:fs/promises";
import { sha256, toHex } from "@comity/protocol";
import { FabricError } from "../fabricError.ts";
import type { Administrator } from "../member/administrator.ts";
import type { Binaries } from "../process/binaries.ts";
import type { Topology } from "../topology.ts";
import { fetchConfig, renderConfig } from "./channelConfig.ts";
import type { MspDirOf } from "./configtx.ts";
import { Translator } from "./translator.ts";

export interface ChannelUpdate {
  readonly topology: Topology;
  readonly mspDirOf: MspDirOf;
  /** Who sign: a quorum of the members as they are. */
  readonly signers: readonly Administrator[];
}

/**
 * Makes the channel what a topology says: new certificates of an orderer, another member, one less. Everything that the topology does not determine stays.
 * @returns SHA-256 of the ConfigUpdate, by which members can name it before they sign; undefined where the channel is so already
 * @throws FabricError BINARY_FAILED
 */
export async function updateChannel(binaries: Binaries, wanted: ChannelUpdate): Promise<string | undefined> {
  const { signers, topology } = wanted;
  return Translator.with(binaries, async (translator) => {
    const { update, from: sender } = await missingUpdate(translator, binaries, wanted);
    if (update === undefined) return undefined;
    const envelope = await envelopeOf(translator, topology.channel, update);
    const others = signers.filter((signer) => signer !== sender);
    for (const signer of others) await signer.peer("channel", "signconfigtx", "-f", envelope);
    // It signs by sending.
    await sender.ordered("channel", "update", "-f", envelope, "-c", topology.channel);
    return toHex(sha256(await readFile(update)));
  });
}

/** Whether the channel, as the signers' own orderers have it, is what the topology says. @throws FabricError BINARY_FAILED */
export async function isUpdated(binaries: Binaries, wanted: ChannelUpdate): Promise<boolean> {
  return Translator.with(binaries, async (translator) => {
    const { update } = await missingUpdate(translator, binaries, wanted);
    return update === undefined;
  });
}

/** The file of the update that the channel lacks, if it lacks one, and whose orderer said so. */
async function missingUpdate(
  translator: Translator,
  binaries: Binaries,
  { topology, mspDirOf, signers }: ChannelUpdate,
): Promise<{ readonly update: string | undefined; readonly from: Administrator }> {
  const { config, from } = await fetchConfig(translator, signers, topology.channel);
  const { channel_group } = await renderConfig(translator, binaries, topology, mspDirOf);
  const original = await translator.encode("common.Config", config, "original.pb");
  const updated = await translator.encode("common.Config", { ...config, channel_group }, "updated.pb");
  return { update: await differenceOf(translator, topology.channel, original, updated), from };
}

async function differenceOf(
  translator: Translator,
  channel: string,
  original: string,
  updated: string,
): Promise<string | undefined> {
  try {
    return await translator.difference(channel, original, updated);
  } catch (error) {
    if (error instanceof FabricError && /no differences detected/.test(error.message)) return undefined;
    throw error;
  }
}

/** Source: Fabric's documentation, "Updating a channel configuration". */
async function envelopeOf(translator: Translator, channel: string, update: string): Promise<string> {
  const config_update: unknown = await translator.decode("common.ConfigUpdate", update);
  const configUpdate = 2;
  const payload = {
    header: { channel_header: { channel_id: channel, type: configUpdate } },
    data: { config_update },
  };
  return translator.encode("common.Envelope", { payload }, "envelope.pb");
}
