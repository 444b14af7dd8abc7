import { fileURLToPath } from "node:url";
import { type Layout, loopback, type NetworkMember, nodeProgram, type ProcessSpec } from "@comity/cli";
import type { ChaincodePackage } from "@comity/fabric";
import type { ProbeSettings } from "../chaincode/main.ts";
import { portNames } from "./names.ts";

/** What the packages name by its hash. */
export const program = fileURLToPath(new URL("../chaincode/main.js", import.meta.url));

/** A member's chaincode server, which serves both chaincodes. */
export function probeServer(
  layout: Layout,
  { memberId, mspId, ports }: NetworkMember,
  packages: readonly ChaincodePackage[],
): ProcessSpec {
  const tls = layout.keyPair(memberId, "chaincode-tls");
  const settings: ProbeSettings = {
    ...tls,
    clientRootFile: layout.tlsRootCertificate(memberId),
    servers: packages.map(({ name, id }) => {
      return { address: `${loopback}:${ports[portNames[name as keyof typeof portNames]]}`, ccid: id };
    }),
  };
  const flags = ["--max-semi-space-size=2", "--max-old-space-size=128"];
  return {
    name: `chaincode-${memberId}`,
    ...nodeProgram(program, [JSON.stringify(settings)], flags),
    env: { CORE_PEER_LOCALMSPID: mspId, CORE_CHAINCODE_LOGGING_LEVEL: "CRITICAL" },
    logFile: layout.logFile(`chaincode-${memberId}`),
  };
}
