import {
  canonicalString,
  type EnrolmentRequest,
  fromHex,
  type HostDocument,
  hostIdOf,
  type HostRequest,
  isStrongEd25519Key,
  MAX_SITES_OF_OPERATOR,
  type OperatorDocument,
  type OperatorRequest,
  type SiteDocument,
  type SiteRequest,
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

/** What can be judged of an enrolment by itself: keys, ids, and that it names nothing twice. */
export function validateEnrolment(request: EnrolmentRequest): void {
  for (const host of request.hosts) validateHostKey(host);
  if (new Set(request.hosts.map(({ hostId }) => hostId)).size !== request.hosts.length) {
    throw new LedgerError("HOST_EXISTS", "the enrolment names a host twice");
  }
  const serials = request.hosts.flatMap(({ accelerators }) => accelerators.map(({ serial }) => serial));
  if (new Set(serials).size !== serials.length)
    throw new LedgerError("SERIAL_TAKEN", "the enrolment names an accelerator twice");
}

function validateHostKey({ hostId, publicKey }: HostRequest): void {
  const key = fromHex(publicKey, 32);
  if (hostIdOf(key) !== hostId)
    throw new LedgerError("HOST_KEY_MISMATCH", `host id ${hostId} is not that of its key`);
  if (!isStrongEd25519Key(key)) throw new LedgerError("HOST_KEY_WEAK", `the key of host ${hostId} is weak`);
}

/** The host to store, or undefined where exactly this one is enrolled already. */
export function enrolHost(
  host: HostRequest,
  site: SiteDocument,
  existing: HostDocument | undefined,
): HostDocument | undefined {
  const { siteId, operatorId, memberId } = site;
  const document = { ...revisionAfter(), ...host, siteId, operatorId, memberId };
  if (existing === undefined) return document;
  if (canonicalString(existing) === canonicalString(document)) return undefined;
  throw new LedgerError("HOST_EXISTS", `host ${host.hostId} is enrolled with other particulars`);
}
