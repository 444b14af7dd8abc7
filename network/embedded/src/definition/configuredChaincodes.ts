import type { ChaincodeConfig, EmbeddedConfig } from "../config.ts";
import type { ChaincodeDefinition } from "./chaincodeDefinitions.ts";

export function chaincodesOf(config: EmbeddedConfig): ChaincodeDefinition[] {
  const { chaincodeName: name, collections, otherChaincodes } = config;
  return [{ name, collections }, ...otherChaincodes];
}

/** A member's processes by chaincode. */
export function processesOf(config: EmbeddedConfig, mspId: string): Map<string, ChaincodeConfig> {
  const own = config.members.filter((member) => member.mspId === mspId);
  const others = config.otherChaincodes.flatMap(({ name, processes }) =>
    processes
      .filter((process) => process.mspId === mspId)
      .map((process): [string, ChaincodeConfig] => [name, process]),
  );
  return new Map([
    ...own.map(({ chaincode }): [string, ChaincodeConfig] => [config.chaincodeName, chaincode]),
    ...others,
  ]);
}
