import { resolve } from "node:path";
import type { LedgerClient } from "@comity/ledger";
import { decodeGenesis, type Genesis } from "@comity/protocol";
import { readFileSync } from "node:fs";
import { Layout } from "../coalition/layout.ts";
import { connectAs } from "../coalition/ledgerAccess.ts";
import { type Network, type NetworkMember, readNetwork } from "../coalition/networkFile.ts";

/** The coalition in a data directory, as a command finds it. */
export interface Found {
  readonly layout: Layout;
  readonly network: Network;
  readonly genesis: Genesis;
}

export function findNetwork(dataDir: string): Found {
  const layout = new Layout(resolve(dataDir));
  const network = readNetwork(layout);
  return { layout, network, genesis: decodeGenesis(readFileSync(layout.genesisFile)) };
}

/** Runs with the ledger as a member's officer, and closes the connection. */
export async function asOfficer<T>(
  { layout, network }: Found,
  member: NetworkMember,
  work: (ledger: LedgerClient) => Promise<T>,
): Promise<T> {
  const ledger = connectAs(layout, network, member, layout.keyPair(member.memberId, "officer"));
  try {
    return await work(ledger);
  } finally {
    ledger.close();
  }
}

export function firstMember({ network }: Found): NetworkMember {
  const [member] = network.members;
  if (member === undefined) throw new TypeError("a coalition has members");
  return member;
}
