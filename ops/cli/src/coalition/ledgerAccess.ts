import { readFileSync } from "node:fs";
import { connectLedger, type LedgerClient } from "@comity/ledger";
import type { KeyPairFiles, Layout } from "./layout.ts";
import { channel, chaincode, type Network, type NetworkMember, type NetworkSurety } from "./networkFile.ts";
import { ledgerEndpoints } from "./processes.ts";

/** A client of the ledger through all members' endorsers, the given member's first. */
export function connectAs(
  layout: Layout,
  network: Network,
  member: NetworkMember,
  files: KeyPairFiles,
): LedgerClient {
  return connect(layout, network, member, { mspId: member.mspId, files });
}

/** A surety runs no endorser: it comes in through the members'. */
export function connectAsSurety(layout: Layout, network: Network, surety: NetworkSurety): LedgerClient {
  const [first] = network.members;
  if (first === undefined) throw new TypeError("a coalition has members");
  const files = layout.suretyKeyPair(surety.suretyId);
  return connect(layout, network, first, { mspId: surety.mspId, files });
}

function connect(
  layout: Layout,
  network: Network,
  first: NetworkMember,
  { mspId, files }: { readonly mspId: string; readonly files: KeyPairFiles },
): LedgerClient {
  const endpoints = ledgerEndpoints(layout, network, first).map(({ address, tlsRootFile }) => ({
    address,
    tlsRootPem: readFileSync(tlsRootFile, "utf8"),
  }));
  const identity = {
    mspId,
    certificatePem: readFileSync(files.certificateFile, "utf8"),
    privateKeyPem: readFileSync(files.keyFile, "utf8"),
  };
  return connectLedger({ channel, chaincode, endpoints, identity });
}
