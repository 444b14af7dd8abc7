import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Topology, TopologyMember } from "../topology.ts";
import { dataIn, type MemberHome, mspIn } from "./home.ts";
import type { MemberMaterial } from "./material.ts";
import { writeMsp } from "./msp.ts";
import { ordererConfig } from "./ordererConfig.ts";
import { peerConfig } from "./peerConfig.ts";

/** Writes one member's part of the network, over an older one: configuration and identities; data stay. */
export async function writeMember(
  topology: Topology,
  member: TopologyMember,
  home: MemberHome,
  material: MemberMaterial,
): Promise<void> {
  for (const folder of [home.peer, home.orderer])
    await mkdir(dataIn(folder), { recursive: true, mode: 0o700 });
  await writeMsp(home.publicMsp, material);
  await writeMsp(mspIn(home.peer), material, material.peer);
  await writeMsp(mspIn(home.orderer), material, material.orderer);
  await writeMsp(home.adminMsp, material, material.admin);
  // JSON is YAML.
  await writeJson(join(home.peer, "core.yaml"), peerConfig(topology, member, home, material));
  await writeJson(join(home.orderer, "orderer.yaml"), ordererConfig(member, home, material));
}

export async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 });
}
