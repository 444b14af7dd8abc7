import { sha256, toHex, utf8 } from "./bytes.ts";
import { type Decoder, parsed, text } from "./decode.ts";
import { DomainError } from "./errors.ts";
import { ed25519Spki } from "./spki.ts";

export class IdError extends DomainError<"ID_INVALID"> {}

export type NetworkId = string & { readonly brand: "NetworkId" };
export type MemberId = string & { readonly brand: "MemberId" };
export type OperatorId = string & { readonly brand: "OperatorId" };
export type SiteId = string & { readonly brand: "SiteId" };
export type HostId = string & { readonly brand: "HostId" };
export type Serial = string & { readonly brand: "Serial" };
export type NoticeId = string & { readonly brand: "NoticeId" };
export type BondId = string & { readonly brand: "BondId" };
export type SuretyId = string & { readonly brand: "SuretyId" };
export type VenueId = string & { readonly brand: "VenueId" };
export type AlertId = string & { readonly brand: "AlertId" };
export type OpeningId = string & { readonly brand: "OpeningId" };

const NAME = /^[a-z][a-z0-9-]{1,38}[a-z0-9]$/;
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const HASH = /^[0-9a-f]{64}$/;

type Parser<T extends string> = (value: string) => T;

function parser<T extends string>(what: string, form: RegExp): Parser<T> {
  return (value) => {
    if (!form.test(value))
      throw new IdError("ID_INVALID", `${JSON.stringify(value.slice(0, 80))} is no ${what}`);
    return value as T;
  };
}

export const parseNetworkId = parser<NetworkId>("network id", HASH);
export const parseMemberId = parser<MemberId>("member id", /^[a-z]{2}$/);
export const parseOperatorId = parser<OperatorId>("operator id", NAME);
export const parseSiteId = parser<SiteId>("site id", NAME);
export const parseHostId = parser<HostId>("host id", HASH);
export const parseSerial = parser<Serial>("accelerator serial", /^[A-Z0-9-]{1,24}$/);
export const parseNoticeId = parser<NoticeId>("notice id (ULID)", ULID);
export const parseBondId = parser<BondId>("bond id (ULID)", ULID);
export const parseVenueId = parser<VenueId>("venue id (ULID)", ULID);
export const parseSuretyId = parser<SuretyId>("surety id", NAME);
export const parseAlertId = parser<AlertId>("alert id", HASH);
export const parseOpeningId = parser<OpeningId>("opening id", /^[0-9a-f]{64}\.[a-z]{2}$/);

/** Decoders of the same ids, for documents. */
export const networkId: Decoder<NetworkId> = parsed(text(64), parseNetworkId);
export const memberId: Decoder<MemberId> = parsed(text(2), parseMemberId);
export const operatorId: Decoder<OperatorId> = parsed(text(40), parseOperatorId);
export const siteId: Decoder<SiteId> = parsed(text(40), parseSiteId);
export const hostId: Decoder<HostId> = parsed(text(64), parseHostId);
export const serial: Decoder<Serial> = parsed(text(24), parseSerial);
export const noticeId: Decoder<NoticeId> = parsed(text(26), parseNoticeId);
export const bondId: Decoder<BondId> = parsed(text(26), parseBondId);
export const venueId: Decoder<VenueId> = parsed(text(26), parseVenueId);
export const suretyId: Decoder<SuretyId> = parsed(text(40), parseSuretyId);
export const alertId: Decoder<AlertId> = parsed(text(64), parseAlertId);
export const openingId: Decoder<OpeningId> = parsed(text(67), parseOpeningId);

/** Id of a host without a TPM: SHA-256 of its key's SubjectPublicKeyInfo. */
export function hostIdOf(publicKey: Uint8Array): HostId {
  return toHex(sha256(ed25519Spki(publicKey))) as HostId;
}

export interface LogName {
  readonly networkId: NetworkId;
  readonly memberId: MemberId;
  readonly operatorId: OperatorId;
  readonly siteId: SiteId;
}

/** Origin of the log that a member keeps for one site (C2SP tlog-checkpoint). */
export function logOrigin(name: LogName): string {
  return `comity/${name.networkId}/${name.memberId}/${name.operatorId}/${name.siteId}`;
}

/** @throws IdError */
export function parseLogOrigin(origin: string): LogName {
  const [scheme, network = "", member = "", operator = "", site = "", ...rest] = origin.split("/");
  if (scheme !== "comity" || rest.length > 0) throw new IdError("ID_INVALID", "this is no log origin");
  return {
    networkId: parseNetworkId(network),
    memberId: parseMemberId(member),
    operatorId: parseOperatorId(operator),
    siteId: parseSiteId(site),
  };
}

/** A gossip topic or direct stream, named in one place. */
export function channelName(network: NetworkId, name: string): string {
  return `/comity/${network}/${name}/1`;
}

/** SHA-256 of a log origin as segments carry it. */
export function originHash(origin: string): Uint8Array {
  return sha256(utf8(origin));
}
