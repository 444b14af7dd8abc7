import {
  fromHex,
  type GenesisMember,
  type LogName,
  logOrigin,
  parseLogOrigin,
  type SiteDocument,
} from "@comity/protocol";

/** What the topics about logs need to know of the network. */
export interface LogNames {
  readonly networkId: string;
  readonly members: readonly GenesisMember[];
  /** As the ledger shows it: logs of unknown sites are ignored, so that nobody can make us remember endless origins. */
  readonly site: (siteId: string) => Pick<SiteDocument, "siteId" | "operatorId" | "memberId"> | undefined;
}

/** Key of the member that keeps a log of this network, or undefined where the origin is none of ours. */
export function ownerKey(names: LogNames, origin: string): Uint8Array | undefined {
  const name = parsed(origin);
  if (name?.networkId !== names.networkId) return undefined;
  const owner = names.members.find(({ memberId }) => memberId === name.memberId);
  return owner && fromHex(owner.identityKey, 32);
}

/** Whether the ledger knows the site whose log this is. */
export function isKnownLog(names: Pick<LogNames, "site">, origin: string): boolean {
  const name = parsed(origin);
  const site = name && names.site(name.siteId);
  return name !== undefined && site !== undefined && origin === logOrigin({ ...name, ...site });
}

function parsed(origin: string): LogName | undefined {
  try {
    return parseLogOrigin(origin);
  } catch {
    return undefined;
  }
}
