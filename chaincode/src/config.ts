import { env } from "node:process";
import { type NetworkId, parseNetworkId } from "@comity/protocol";

/**
 * SHA-256 of the one genesis record that this process serves, from `COMITY_GENESIS`. Members compare it before they start a chaincode
 * server, so that no client can found another network on their channel.
 * @throws Error where it is missing or malformed
 */
export function genesisFingerprint(): NetworkId {
  const value = env["COMITY_GENESIS"];
  if (value === undefined)
    throw new Error("COMITY_GENESIS is not set: give the SHA-256 of the genesis record");
  return parseNetworkId(value);
}
