import {
  canonicalString,
  type EnrolmentRequest,
  fromHex,
  hostClaimBytes,
  type HostDocument,
  hostIdOf,
  type HostRequest,
  isStrongEd25519Key,
  MAX_SITES_OF_OPERATOR,
  type NetworkId,
  type OperatorDocument,
  type OperatorRequest,
  type SiteDocument,
  type SiteId,
  type SiteRequest,
  verifyEd25519,
} from "@comity/protocol";
import { LedgerError } from "../ledger/ledgerError.ts";
import { revisionAfter } from "../ledger/table.ts";

/** The operator to store, or undefined where exactly this one is registered already. */
export function registerOperator(
  request: OperatorRequest,
  existing: OperatorDocument | undefined,
): OperatorDocument | undefined {
  if (existing === undefined) return { ...revisionAfter(), ...request, sites: [] };
  const { operatorId, memberId, name } = existing;
  if (canonicalString({ operatorId, memberId, name }) === canonicalString(request)) return undefined;
  throw new LedgerError("OPERATOR_EXISTS", `operator ${operatorId} is registered with other particulars`);
}

export function isSameSite(request: SiteRequest, existing: SiteDocument | undefined): boolean {
  if (existing === undefined) return false;
  const wanted: SiteDocument = { schemaVersion: 1, rev: existing.rev, ...request };
  if (canonicalString(wanted) === canonicalString(existing)) return true;
  throw new LedgerError("SITE_EXISTS", `site ${existing.siteId} is registered with other particulars`);
}

/** The operator with one more site. */
export function addSite(operator: OperatorDocument, request: SiteRequest): OperatorDocument {
  if (operator.sites.length >= MAX_SITES_OF_OPERATOR) {
    throw new LedgerError("SITE_LIMIT", `an operator has at most ${MAX_SITES_OF_OPERATOR} sites`);
  }
  return { ...operator, ...revisionAfter(operator), sites: [...operator.sites, request.siteId].sort() };
}

/** What can be judged of an enrolment by itself: keys, ids, the hosts' own consent, and that it names nothing twice. */
export function validateEnrolment(request: EnrolmentRequest, networkId: NetworkId): void {
  for (const host of request.hosts) validateHost(host, request.siteId, networkId);
  if (new Set(request.hosts.map(({ hostId }) => hostId)).size !== request.hosts.length) {
    throw new LedgerError("HOST_EXISTS", "the enrolment names a host twice");
  }
  const serials = request.hosts.flatMap(({ accelerators }) => accelerators.map(({ serial }) => serial));
  if (new Set(serials).size !== serials.length)
    throw new LedgerError("SERIAL_TAKEN", "the enrolment names an accelerator twice");
}

/** A host is enrolled for ever, so its own key must say where: else who hears of it could enrol it first, elsewhere. */
function validateHost(
  { hostId, publicKey, signature }: HostRequest,
  siteId: SiteId,
  networkId: NetworkId,
): void {
  const key = fromHex(publicKey, 32);
  if (hostIdOf(key) !== hostId)
    throw new LedgerError("HOST_KEY_MISMATCH", `host id ${hostId} is not that of its key`);
  if (!isStrongEd25519Key(key)) throw new LedgerError("HOST_KEY_WEAK", `the key of host ${hostId} is weak`);
  if (!verifyEd25519(key, hostClaimBytes(networkId, siteId, hostId), fromHex(signature, 64)))
    throw new LedgerError("HOST_SIGNATURE", `host ${hostId} did not sign that it is at ${siteId}`);
}

/** The host to store, or undefined where exactly this one is enrolled already. */
export function enrolHost(
  request: HostRequest,
  site: SiteDocument,
  existing: HostDocument | undefined,
): HostDocument | undefined {
  const { hostId, publicKey, accelerators } = request;
  const { siteId, operatorId, memberId } = site;
  const host = { hostId, publicKey, accelerators, siteId, operatorId, memberId };
  const document = { ...revisionAfter(), ...host };
  if (existing === undefined) return document;
  if (canonicalString(existing) === canonicalString(document)) return undefined;
  throw new LedgerError("HOST_EXISTS", `host ${hostId} is enrolled with other particulars`);
}
