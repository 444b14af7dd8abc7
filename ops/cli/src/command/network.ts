import { resolve } from "node:path";
import type { LedgerClient } from "@comity/ledger";
import { decodeGenesis, type Genesis, noticeDocument, siteDocument } from "@comity/protocol";
import { readFileSync } from "node:fs";
import { Layout } from "../coalition/layout.ts";
import { connectAs, connectAsSurety } from "../coalition/ledgerAccess.ts";
import { type Network, type NetworkMember, readNetwork, suretyOf } from "../coalition/networkFile.ts";

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

/** The same as the surety, whose keys the local coalition has as well. */
export async function asSurety<T>(
  { layout, network }: Found,
  suretyId: string,
  work: (ledger: LedgerClient) => Promise<T>,
): Promise<T> {
  const ledger = connectAsSurety(layout, network, suretyOf(network, suretyId));
  try {
    return await work(ledger);
  } finally {
    ledger.close();
  }
}

/** The member that supervises the run of a notice. */
export async function supervisorOf(found: Found, noticeId: string): Promise<string> {
  const notice = await asOfficer(found, firstMember(found), (ledger) =>
    ledger.evaluate("notice:Read", noticeId),
  );
  return memberOfSite(found, noticeDocument(JSON.parse(Buffer.from(notice).toString())).facilities);
}

/** The member that supervises the first of some sites. */
export async function memberOfSite(found: Found, [first = ""]: readonly string[]): Promise<string> {
  const site = await asOfficer(found, firstMember(found), (ledger) =>
    ledger.evaluate("facility:ReadSite", first),
  );
  return siteDocument(JSON.parse(Buffer.from(site).toString())).memberId;
}

export function firstMember({ network }: Found): NetworkMember {
  const [member] = network.members;
  if (member === undefined) throw new TypeError("a coalition has members");
  return member;
}
