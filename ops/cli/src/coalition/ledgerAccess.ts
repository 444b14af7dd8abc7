import { readFileSync } from "node:fs";
import { connectLedger, type LedgerClient } from "@comity/ledger";
import type { KeyPairFiles, Layout } from "./layout.ts";
import { channel, chaincode, type Network, type NetworkMember } from "./networkFile.ts";
import { ledgerEndpoints } from "./processes.ts";

/** A client of the ledger through all members' endorsers, the given member's first. */
export function connectAs(
  layout: Layout,
  network: Network,
  member: NetworkMember,
  files: KeyPairFiles,
): LedgerClient {
  const endpoints = ledgerEndpoints(layout, network, member).map(({ address, tlsRootFile }) => ({
    address,
    tlsRootPem: readFileSync(tlsRootFile, "utf8"),
  }));
  const identity = {
    mspId: member.mspId,
    certificatePem: readFileSync(files.certificateFile, "utf8"),
    privateKeyPem: readFileSync(files.keyFile, "utf8"),
  };
  return connectLedger({ channel, chaincode, endpoints, identity });
}
