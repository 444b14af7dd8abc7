import { FabricError } from "../fabricError.ts";
import { createChannelBlock } from "./createChannel.ts";
import type { Administrator } from "../member/administrator.ts";
import type { Binaries } from "../process/binaries.ts";
import type { Topology } from "../topology.ts";
import type { MspDirOf } from "./configtx.ts";
import type { Translator } from "./translator.ts";

/** A channel's configuration as `configtxlator` shows it; of it only what we look at is described. */
export interface ChannelConfig {
  readonly sequence?: string;
  readonly channel_group: ConfigGroup;
}

export interface ConfigGroup {
  readonly groups: Readonly<Record<string, ConfigGroup>>;
  readonly values: Readonly<Record<string, { readonly value: unknown }>>;
  readonly policies: Readonly<
    Record<string, { readonly policy: { readonly type: number; readonly value: unknown } }>
  >;
}

interface ConfigBlock {
  readonly data: {
    readonly data: readonly { readonly payload: { readonly data: { readonly config: ChannelConfig } } }[];
  };
}

export interface Fetched {
  readonly config: ChannelConfig;
  /** The block that made it so. */
  readonly file: string;
  /** Whose orderer served it. */
  readonly from: Administrator;
}

/**
 * The configuration that is in force, from the first of the members' own orderers that has the channel: one that was started a moment ago takes ten seconds.
 * @throws FabricError BINARY_FAILED
 */
export async function fetchConfig(
  translator: Translator,
  administrators: readonly Administrator[],
  channel: string,
): Promise<Fetched> {
  const block = translator.file("current.block");
  let failure: unknown = new TypeError("nobody is asked");
  for (const from of administrators) {
    try {
      await from.ordered("channel", "fetch", "config", block, "-c", channel);
      return { config: await configIn(translator, block), file: block, from };
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** What the topology says the configuration should be. */
export async function renderConfig(
  translator: Translator,
  binaries: Binaries,
  topology: Topology,
  mspDirOf: MspDirOf,
): Promise<ChannelConfig> {
  const block = await createChannelBlock(binaries, topology, mspDirOf, translator.file("rendered"));
  return configIn(translator, block);
}

async function configIn(translator: Translator, block: string): Promise<ChannelConfig> {
  const { data } = (await translator.decode("common.Block", block)) as ConfigBlock;
  const config = data.data[0]?.payload.data.config;
  if (config === undefined) throw new FabricError("BINARY_FAILED", `${block} holds no configuration`);
  return config;
}
