import { readFile } from "node:fs/promises";
import { connectLedger, type LedgerClient } from "@comity/ledger";
import type { NodeConfig } from "../config.ts";
import type { Log } from "../telemetry/log.ts";

/** The node's connection to the ledger, with the certificates and the key that its configuration names. */
export async function connectNode(config: NodeConfig["ledger"], log: Log): Promise<LedgerClient> {
  const { channel, chaincode, mspId, endorsers } = config;
  const read = (path: string) => readFile(path, "utf8");
  const endpoints = await Promise.all(
    config.endpoints.map(async ({ address, tlsRootFile }) => ({
      address,
      tlsRootPem: await read(tlsRootFile),
    })),
  );
  const identity = {
    mspId,
    certificatePem: await read(config.certificateFile),
    privateKeyPem: await read(config.keyFile),
  };
  return connectLedger({ channel, chaincode, endpoints, identity, endorsers }, { log });
}
