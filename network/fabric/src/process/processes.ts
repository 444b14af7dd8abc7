import type { MemberHome } from "../member/home.ts";
import { builderVariable } from "../member/peerConfig.ts";
import type { TopologyMember } from "../topology.ts";
import type { Binaries } from "./binaries.ts";

/** A program of Fabric's that runs until it is told to stop. */
export interface FabricProcess {
  /** `orderer-xa`, `peer-xa`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Two processors each, since all members of a local network share one machine. */
const shared = { GOMAXPROCS: "2", FABRIC_LOGGING_SPEC: "WARN" };

export function ordererProcess(
  binaries: Binaries,
  { memberId }: TopologyMember,
  home: MemberHome,
): FabricProcess {
  return {
    name: `orderer-${memberId}`,
    command: binaries.orderer,
    args: [],
    env: { ...shared, FABRIC_CFG_PATH: home.orderer },
  };
}

/** @param path the builder's scripts need `bash`, `sed` and `grep` */
export function peerProcess(
  binaries: Binaries,
  { memberId }: TopologyMember,
  home: MemberHome,
  path: string,
): FabricProcess {
  return {
    name: `peer-${memberId}`,
    command: binaries.peer,
    args: ["node", "start"],
    env: { ...shared, FABRIC_CFG_PATH: home.peer, PATH: path, [builderVariable]: home.chaincodeConnection },
  };
}
