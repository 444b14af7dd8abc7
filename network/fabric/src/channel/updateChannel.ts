import { readFile, writeFile } from "node:fs/promises";
import { FabricError } from "../fabricError.ts";
import type { Administrator } from "../member/administrator.ts";
import type { Binaries } from "../process/binaries.ts";
import type { Topology } from "../topology.ts";
import { fetchConfig, renderConfig } from "./channelConfig.ts";
import type { MspDirOf } from "./configtx.ts";
import { type ConfigBlock, configUpdateEnvelope, readConfigBlock } from "./configUpdate.ts";
import { Translator } from "./translator.ts";

export interface WantedChannel {
  readonly topology: Topology;
  readonly mspDirOf: MspDirOf;
  /** Whose orderers are asked for the channel as it is, one after the other. */
  readonly administrators: readonly Administrator[];
}

/**
 * The ConfigUpdate that makes the channel what a topology says: new certificates of an orderer, another member, one less. Everything that the topology
 * does not determine stays.
 * @returns its bytes, by whose SHA-256 members can name it before they sign; undefined where the channel is so already
 * @throws FabricError BINARY_FAILED
 */
export async function missingUpdate(
  binaries: Binaries,
  { topology, mspDirOf, administrators }: WantedChannel,
): Promise<Uint8Array | undefined> {
  return Translator.with(binaries, async (translator) => {
    const { config } = await fetchConfig(translator, administrators, topology.channel);
    const { channel_group } = await renderConfig(translator, binaries, topology, mspDirOf);
    const original = await translator.encode("common.Config", config, "original.pb");
    const updated = await translator.encode("common.Config", { ...config, channel_group }, "updated.pb");
    const file = await differenceOf(translator, topology.channel, original, updated);
    return file === undefined ? undefined : readFile(file);
  });
}

/**
 * Has administrators sign an update, and one of them send it.
 * @param signers a quorum of the members as they are; the first whose orderer answers sends
 * @throws FabricError BINARY_FAILED
 */
export async function sendUpdate(
  binaries: Binaries,
  channel: string,
  update: Uint8Array,
  signers: readonly Administrator[],
): Promise<void> {
  await Translator.with(binaries, async (translator) => {
    const envelope = translator.file("envelope.pb");
    await writeFile(envelope, configUpdateEnvelope(channel, update));
    const { from: sender } = await fetchConfig(translator, signers, channel);
    const others = signers.filter((signer) => signer !== sender);
    for (const signer of others) await signer.peer("channel", "signconfigtx", "-f", envelope);
    // It signs by sending.
    await sender.ordered("channel", "update", "-f", envelope, "-c", channel);
  });
}

/**
 * The newest block that changed the channel, and its bytes.
 * @throws FabricError BINARY_FAILED
 */
export async function newestConfigBlock(
  binaries: Binaries,
  administrators: readonly Administrator[],
  channel: string,
): Promise<ConfigBlock & { readonly bytes: Uint8Array }> {
  return Translator.with(binaries, async (translator) => {
    const { file } = await fetchConfig(translator, administrators, channel);
    const bytes = await readFile(file);
    const block = readConfigBlock(bytes);
    if (block !== undefined) return { ...block, bytes };
    throw new FabricError("BINARY_FAILED", "the orderer answered with a block that holds no configuration");
  });
}

/**
 * The update by which a block changed the channel; undefined where it did not.
 * @throws FabricError BINARY_FAILED
 */
export async function updateInBlock(
  binaries: Binaries,
  administrator: Administrator,
  channel: string,
  number: number,
): Promise<Uint8Array | undefined> {
  return Translator.with(binaries, async (translator) => {
    const file = translator.file("named.block");
    await administrator.ordered("channel", "fetch", String(number), file, "-c", channel);
    return readConfigBlock(await readFile(file))?.update;
  });
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
