import { writeFile } from "node:fs/promises";
import { collections } from "../channel/collection.ts";
import type { Administrator } from "../member/administrator.ts";
import { writeJson } from "../member/writeMember.ts";
import { unlessDone } from "../process/binaries.ts";
import type { Topology } from "../topology.ts";
import type { ChaincodePackage } from "./package.ts";

export interface Deployment {
  readonly package: ChaincodePackage;
  /** 1 for the first definition on the channel, one more for each change of it. */
  readonly sequence: number;
}

/**
 * Installs the package at every member, has every member approve it, and commits the definition. The policy of endorsement is the channel's own. What an
 * interrupted run has done is not done again.
 * @throws FabricError BINARY_FAILED
 */
export async function deployChaincode(
  topology: Topology,
  administrators: readonly Administrator[],
  deployment: Deployment,
): Promise<void> {
  const [first] = administrators;
  if (first === undefined) throw new TypeError("a network has members");
  await Promise.all(administrators.map((each) => installAndApprove(topology, each, deployment)));
  const definition = await definitionAt(topology, first, deployment);
  const endorsers = administrators.flatMap((each) => each.endorser());
  await unlessDone(/new definition must be sequence/, () =>
    first.ordered("lifecycle", "chaincode", "commit", ...definition, ...endorsers),
  );
}

/** That a member said the same before; never what it says where it said something else. */
const approvedBefore = /attempted to redefine .* for namespace \S+( with unchanged content)?$/m;

async function installAndApprove(
  topology: Topology,
  administrator: Administrator,
  deployment: Deployment,
): Promise<void> {
  const { id, bytes } = deployment.package;
  const file = administrator.fileFor("chaincode.tar.gz");
  await writeFile(file, bytes);
  await unlessDone(/already successfully installed/, () =>
    administrator.peer("lifecycle", "chaincode", "install", file),
  );
  const definition = await definitionAt(topology, administrator, deployment);
  await unlessDone(approvedBefore, () =>
    administrator.ordered("lifecycle", "chaincode", "approveformyorg", ...definition, "--package-id", id),
  );
}

/** What all members must say alike, as Fabric's command takes it. */
async function definitionAt(
  topology: Topology,
  administrator: Administrator,
  { package: { name, version }, sequence }: Deployment,
): Promise<readonly string[]> {
  const file = administrator.fileFor("collections.json");
  await writeJson(file, collections(topology));
  return [
    ...["--channelID", topology.channel, "--name", name, "--version", String(version)],
    ...["--sequence", String(sequence), "--collections-config", file],
  ];
}
