import {
  type Ed25519Verify,
  equalBytes,
  fromHex,
  type LogEntry,
  originHash,
  parseLogOrigin,
} from "@comity/protocol";
import type { WatchfloorLedger } from "./ports.ts";

export interface HostCheckDeps {
  readonly ledger: Pick<WatchfloorLedger, "host">;
  readonly verify: Ed25519Verify;
}

/** Whether a host that the ledger shows enrolled at a log's site signed an entry for this log; `unknown` may still be enrolled. */
export type HostVerdict =
  { readonly is: "genuine"; readonly hostKey: string } | { readonly is: "unknown" | "forged" };

const FORGED: HostVerdict = { is: "forged" };

/**
 * The check of one log's entries. What its owner let in without a host's signature weighs nothing, and must not keep the rest from
 * counting: else one bad entry would put an operator beyond the reach of alerts.
 */
export function hostCheck(
  origin: string,
  { ledger, verify }: HostCheckDeps,
): (entry: LogEntry) => HostVerdict {
  const { networkId, operatorId, siteId } = parseLogOrigin(origin);
  const ofOrigin = originHash(origin);
  const ofNetwork = fromHex(networkId, 32);
  return ({ segment }) => {
    if (!equalBytes(segment.networkId, ofNetwork) || !equalBytes(segment.originHash, ofOrigin)) return FORGED;
    const host = ledger.host(segment.hostId);
    if (!host) return { is: "unknown" };
    const isOfSite = host.siteId === siteId && host.operatorId === operatorId;
    const isSigned = isOfSite && verify(fromHex(host.publicKey, 32), segment.signedBytes, segment.signature);
    return isSigned ? { is: "genuine", hostKey: host.publicKey } : FORGED;
  };
}
