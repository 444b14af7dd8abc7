import type { EmbeddedConfig } from "./config.ts";
import { chaincodesOf } from "./definition/configuredChaincodes.ts";
import type { CollectionConfig } from "./definition/collection.ts";
import { reservedNames } from "./definition/systemChaincode.ts";

/** What of a configuration does not fit together, each a sentence. */
export function crossProblems(config: EmbeddedConfig): string[] {
  const problems: string[] = [];
  const members = config.members.map(({ mspId }) => mspId);
  const msps = [...members, ...config.otherMsps.map(({ mspId }) => mspId)];
  if (members.length === 0) problems.push("members is empty");
  if (config.gateways.length === 0) problems.push("gateways is empty");
  if (new Set(msps).size !== msps.length) problems.push("an mspId occurs twice among members and otherMsps");
  problems.push(...chaincodeProblems(config, members));
  for (const { name, collections } of chaincodesOf(config)) {
    problems.push(...collectionProblems(name, collections, msps));
  }
  const gateways = config.gateways.map(({ mspId }) => mspId);
  if (new Set(gateways).size !== gateways.length) problems.push("two gateways are of the same mspId");
  for (const mspId of gateways.filter((id) => !members.includes(id))) {
    problems.push(`the gateway of ${mspId} belongs to no member`);
  }
  if (config.quorum > members.length)
    problems.push(`quorum ${config.quorum} is more than ${members.length} members`);
  if (config.executeTimeoutMs >= config.endorsementTimeoutMs) {
    problems.push(
      "executeTimeoutMs must be less than endorsementTimeoutMs, or a hung chaincode is never named",
    );
  }
  return problems;
}

function collectionProblems(
  chaincodeName: string,
  collections: readonly CollectionConfig[],
  msps: readonly string[],
): string[] {
  const names = collections.map(({ name }) => name);
  const problems =
    new Set(names).size === names.length ? [] : [`two collections of ${chaincodeName} have one name`];
  for (const { name, members } of collections) {
    if (members.length === 0) problems.push(`collection ${name} of ${chaincodeName} has no members`);
    for (const mspId of members.filter((id) => !msps.includes(id))) {
      problems.push(
        `collection ${name} of ${chaincodeName} has a member ${mspId} that is no MSP of the channel`,
      );
    }
  }
  return problems;
}

function chaincodeProblems(config: EmbeddedConfig, members: readonly string[]): string[] {
  const names = chaincodesOf(config).map(({ name }) => name);
  const problems = new Set(names).size === names.length ? [] : ["two chaincodes have one name"];
  for (const name of names.filter((found) => reservedNames.includes(found))) {
    problems.push(`${name} is the name of a system chaincode`);
  }
  for (const { name, processes } of config.otherChaincodes) {
    const found = processes.map(({ mspId }) => mspId).sort();
    const isComplete = found.join() === [...members].sort().join();
    if (!isComplete) problems.push(`${name} must have one process of each member`);
  }
  return problems;
}
