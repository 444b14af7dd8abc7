import type { X509Certificate } from "node:crypto";
import { type OperatorId, parseOperatorId, parseSiteId, type SiteId } from "@comity/protocol";

/** The site that an attester's certificate speaks for. */
export interface AttesterIdentity {
  readonly operatorId: OperatorId;
  readonly siteId: SiteId;
}

/** 1.2.3.4.5.6.7.8.1, where Fabric CA puts attributes: JSON without an ASN.1 type of its own. */
const ATTRIBUTES_OID = Uint8Array.of(0x2a, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x01);
const SEQUENCE = 0x30;
const OBJECT_ID = 0x06;
const OCTET_STRING = 0x04;
const EXTENSIONS = 0xa3;

/**
 * Whom a client certificate speaks for, if it is an attester's. TLS has verified its chain; this reads what its issuer says in it.
 * Undefined for any other role.
 */
export function attesterOf(certificate: Pick<X509Certificate, "raw">): AttesterIdentity | undefined {
  try {
    const attributes = readAttributes(certificate.raw);
    if (attributes.get("comity.role") !== "attester") return undefined;
    const operatorId = parseOperatorId(attributes.get("comity.operator") ?? "");
    const siteId = parseSiteId(attributes.get("comity.site") ?? "");
    return { operatorId, siteId };
  } catch {
    return undefined;
  }
}

interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
}

/** Certificate → TBSCertificate → [3] extensions → the one with our OID → its JSON (RFC 5280 §4.1). */
function readAttributes(der: Uint8Array): Map<string, string> {
  const certificate = only(elements(der), SEQUENCE);
  const body = elements(elements(certificate.content)[0]?.content ?? new Uint8Array());
  const extensions = only(elements(only(body, EXTENSIONS).content), SEQUENCE);
  const matching = elements(extensions.content).flatMap(({ content }) => {
    const parts = elements(content);
    const isOurs = Buffer.compare(only(parts, OBJECT_ID).content, ATTRIBUTES_OID) === 0;
    return isOurs ? [only(parts, OCTET_STRING).content] : [];
  });
  const [json] = matching;
  if (json === undefined || matching.length !== 1)
    throw new RangeError("not exactly one attributes extension");
  return textEntries(json);
}

function textEntries(json: Uint8Array): Map<string, string> {
  const document: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json));
  const attributes: unknown = isObject(document) ? document["attrs"] : undefined;
  const entries = isObject(attributes) ? Object.entries(attributes) : [];
  return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function only(list: readonly Element[], tag: number): Element {
  const found = list.filter((element) => element.tag === tag);
  const [element] = found;
  if (element === undefined || found.length !== 1)
    throw new RangeError(`not exactly one element of type ${tag}`);
  return element;
}

/** The elements of a DER sequence's content: single-byte tags and definite lengths of up to three bytes. */
function elements(der: Uint8Array): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < der.length;) {
    const tag = der[at] ?? 0;
    const first = der[at + 1] ?? 0;
    const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
    if (lengthBytes > 3 || first === 0x80) throw new RangeError("a length that no certificate has");
    const start = at + 2 + lengthBytes;
    const long = der.subarray(at + 2, start).reduce((value, byte) => value * 256 + byte, 0);
    const end = start + (lengthBytes === 0 ? first : long);
    if (end > der.length) throw new RangeError("an element is cut short");
    found.push({ tag, content: der.subarray(start, end) });
    at = end;
  }
  return found;
}
