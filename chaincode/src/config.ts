import { env } from "node:process";
import { type NetworkId, parseNetworkId } from "@comity/protocol";

/**
 * SHA-256 of the one genesis record that this process serves, from `COMITY_GENESIS`. Members compare it before they start a chaincode
 * server, so that no client can found another network on their channel.
 * @throws Error where it is missing or malformed
 */
export function genesisFingerprint(): NetworkId {
  return parseNetworkId(required("COMITY_GENESIS", "the SHA-256 of the genesis record"));
}

export interface ServerConfig {
  /** `host:port` to listen on. */
  readonly address: string;
  /** The name under which the peer knows the chaincode: on Fabric, its package id. */
  readonly chaincodeId: string;
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Roots of the peers that may connect. */
  readonly clientRootFile: string;
}

/**
 * What the chaincode server listens on. There is no way to do without TLS: whoever reaches the port speaks for the peer.
 * @throws Error where something is missing
 */
export function serverConfig(): ServerConfig {
  required("CORE_PEER_LOCALMSPID", "the MSP of the peer's member"); // fabric-shim reads it
  return {
    address: required("CHAINCODE_SERVER_ADDRESS", "the host and port to listen on"),
    chaincodeId: required("CHAINCODE_ID", "the chaincode's name on the peer"),
    certificateFile: required("CHAINCODE_TLS_CERT_FILE", "the PEM file of the server's certificate"),
    keyFile: required("CHAINCODE_TLS_KEY_FILE", "the PEM file of the server's key"),
    clientRootFile: required("CHAINCODE_TLS_CLIENT_CACERT_FILE", "the PEM file of the peers' TLS root"),
  };
}

function required(name: string, what: string): string {
  const value = env[name];
  if (value === undefined || value === "") throw new Error(`${name} is not set: give ${what}`);
  return value;
}
