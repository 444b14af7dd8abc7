import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { writeJson } from "../member/writeMember.ts";
import { type Binaries, output } from "../process/binaries.ts";
import type { Topology } from "../topology.ts";
import { configtx, type MspDirOf, profile } from "./configtx.ts";

/**
 * Writes the channel's first block, unless it is there: every member's orderer and peer start from the same. It is not the same twice: one member
 * makes it, the others compare what it says.
 * @param directory where `configtx.yaml` and the block are put
 * @returns the block's file
 * @throws FabricError BINARY_FAILED
 */
export async function createChannelBlock(
  binaries: Binaries,
  topology: Topology,
  mspDirOf: MspDirOf,
  directory: string,
): Promise<string> {
  const block = join(directory, `${topology.channel}.block`);
  if (existsSync(block)) return block;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeJson(join(directory, "configtx.yaml"), configtx(topology, mspDirOf));
  await output(binaries.configtxgen, [
    ...["-profile", profile, "-channelID", topology.channel],
    ...["-configPath", directory, "-outputBlock", `${block}.new`],
  ]);
  await rename(`${block}.new`, block);
  return block;
}
