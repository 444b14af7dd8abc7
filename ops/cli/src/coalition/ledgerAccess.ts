import { readFileSync } from "node:fs";
import { connectLedger, type LedgerClient, type LedgerOptions } from "@comity/ledger";
import type { KeyPairFiles } from "@comity/fabric";
import type { Layout } from "./layout.ts";
import { channel, chaincode, type Network, type NetworkMember, type NetworkSurety } from "./networkFile.ts";
import { endorsersOf, ledgerEndpoint, ledgerEndpoints } from "./processes.ts";

/** A client of a chaincode through all members' endorsers, the given member's first. */
export function connectAs(
  layout: Layout,
  network: Network,
  member: NetworkMember,
  files: KeyPairFiles,
  name: string = chaincode,
): LedgerClient {
  return connect(layout, network, member, { mspId: member.mspId, files }, name);
}

/** A surety runs no endorser: it comes in through the members'. */
export function connectAsSurety(layout: Layout, network: Network, surety: NetworkSurety): LedgerClient {
  const [first] = network.members;
  if (first === undefined) throw new TypeError("a coalition has members");
  const files = layout.suretyKeyPair(surety.suretyId);
  return connect(layout, network, first, { mspId: surety.mspId, files });
}

/** Through the given member's endorser alone. */
export function connectThrough(layout: Layout, member: NetworkMember, files: KeyPairFiles): LedgerClient {
  return connectTo([ledgerEndpoint(layout, member)], { mspId: member.mspId, files });
}

interface Caller {
  readonly mspId: string;
  readonly files: KeyPairFiles;
}

function connect(
  layout: Layout,
  network: Network,
  first: NetworkMember,
  caller: Caller,
  name: string = chaincode,
): LedgerClient {
  return connectTo(ledgerEndpoints(layout, network, first), caller, {
    chaincode: name,
    endorsers: endorsersOf(network),
  });
}

function connectTo(
  files: readonly { readonly address: string; readonly tlsRootFile: string }[],
  { mspId, files: own }: Caller,
  options: Pick<LedgerOptions, "chaincode" | "endorsers"> = { chaincode },
): LedgerClient {
  const endpoints = files.map(({ address, tlsRootFile }) => ({
    address,
    tlsRootPem: readFileSync(tlsRootFile, "utf8"),
  }));
  const identity = {
    mspId,
    certificatePem: readFileSync(own.certificateFile, "utf8"),
    privateKeyPem: readFileSync(own.keyFile, "utf8"),
  };
  return connectLedger({ channel, endpoints, identity, ...options });
}
