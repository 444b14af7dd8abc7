import {
  bucketClosableMs,
  bucketOf,
  canonicalString,
  type Clock,
  decodeGenesis,
  figure,
  type FigureName,
  figures,
  type Genesis,
  genesisId,
  type NetworkId,
  type NodeRegistration,
  type NodeRequest,
  type Organisation,
  organisation,
  utf8,
} from "@comity/protocol";
import { LedgerError } from "../ledger/ledgerError.ts";
import { revisionAfter } from "../ledger/table.ts";

/** The genesis record that a text is, if it is the one that this process serves and every rule finds its figure in it. */
export function admitGenesis(text: string, fingerprint: NetworkId): Genesis {
  const bytes = utf8(text);
  if (genesisId(bytes) !== fingerprint)
    throw new LedgerError("GENESIS_MISMATCH", "this ledger serves another genesis record");
  const genesis = decodeGenesis(bytes);
  for (const name of Object.keys(figures) as FigureName[]) figure(genesis, name);
  return genesis;
}

/** The register that a network starts with: every entry must be one that can be read again. */
export function foundingOrganisations(genesis: Genesis): Organisation[] {
  return genesis.members.map((member) => organisation({ ...revisionAfter(), class: "member", ...member }));
}

/** The registration to store, or undefined where exactly this one is stored already. */
export function registerNode(
  request: NodeRequest,
  existing: NodeRegistration | undefined,
): NodeRegistration | undefined {
  const registration = { ...revisionAfter(existing), ...request };
  const isSame =
    existing !== undefined &&
    canonicalString({ ...existing, rev: registration.rev }) === canonicalString(registration);
  return isSame ? undefined : registration;
}

/** A bucket is closed once nobody's honest clock can still be in it, and after the one before it. */
export function assertClosable(clock: Clock, bucket: number, nowMs: number, isPreviousClosed: boolean): void {
  const first = bucketOf(clock, clock.originMs);
  if (bucket < first || (bucket > first && !isPreviousClosed)) {
    throw new LedgerError("BUCKET_ORDER", `buckets close in order, from ${first} on`);
  }
  if (nowMs < bucketClosableMs(clock, bucket))
    throw new LedgerError("BUCKET_EARLY", `bucket ${bucket} cannot be closed yet`);
}
