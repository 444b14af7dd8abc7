import { env } from "node:process";
import { DomainError } from "@comity/protocol";

export type ServerConfigErrorCode = "CONFIG_MISSING" | "CONFIG_FILE";

export class ServerConfigError extends DomainError<ServerConfigErrorCode> {}

type Environment = Readonly<Record<string, string | undefined>>;

export interface ServerConfig {
  /** The member's own copy of the genesis record. */
  readonly genesisFile: string;
  /** `host:port` to listen on. */
  readonly address: string;
  /** The name under which the peer knows the chaincode: on Fabric, its package id. */
  readonly chaincodeId: string;
  /** The package that the members installed. */
  readonly packageFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Roots of the peers that may connect. */
  readonly clientRootFile: string;
}

/**
 * What the chaincode server listens on. There is no way to do without TLS: whoever reaches the port speaks for the peer.
 * @throws ServerConfigError CONFIG_MISSING
 */
export function serverConfig(from: Environment = env): ServerConfig {
  required(from, "CORE_PEER_LOCALMSPID", "the MSP of the peer's member"); // fabric-shim reads it
  return {
    genesisFile: required(from, "COMITY_GENESIS_FILE", "the file of the genesis record"),
    address: required(from, "CHAINCODE_SERVER_ADDRESS", "the host and port to listen on"),
    chaincodeId: required(from, "CHAINCODE_ID", "the chaincode's name on the peer"),
    packageFile: required(from, "CHAINCODE_PACKAGE_FILE", "the package that the peer has installed"),
    certificateFile: required(from, "CHAINCODE_TLS_CERT_FILE", "the PEM file of the server's certificate"),
    keyFile: required(from, "CHAINCODE_TLS_KEY_FILE", "the PEM file of the server's key"),
    clientRootFile: required(from, "CHAINCODE_TLS_CLIENT_CACERT_FILE", "the PEM file of the peers' TLS root"),
  };
}

function required(from: Environment, name: string, what: string): string {
  const value = from[name];
  if (value === undefined || value === "")
    throw new ServerConfigError("CONFIG_MISSING", `${name} is not set: give ${what}`);
  return value;
}
