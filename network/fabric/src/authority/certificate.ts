// @peculiar/x509 resolves its algorithms through decorators' metadata and leaves the polyfill to its user.
import "reflect-metadata";
import { randomBytes, type webcrypto } from "node:crypto";
import { isIP } from "node:net";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralName,
  type JsonName,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { attributesExtension, type Attributes } from "./attributes.ts";
import { AuthorityError } from "./authorityError.ts";
import { ecdsa } from "./key.ts";

/** Fabric's node organisational units: a certificate carries exactly one. */
export type NodeUnit = "peer" | "orderer" | "client" | "admin";

interface LeafRequest {
  readonly commonName: string;
  /** SPKI in PEM, ECDSA P-256 or Ed25519. Without it a P-256 key pair is made. */
  readonly publicKey?: string;
  /** Validity in milliseconds since the epoch; from five minutes ago for a year unless given. */
  readonly notBefore?: number;
  readonly notAfter?: number;
}

/** An identity of the organisation's MSP. */
export interface IssueRequest extends LeafRequest {
  readonly ou: NodeUnit;
  /** What fabric-shim's ClientIdentity.getAttributeValue reads, for example `comity.role`. */
  readonly attributes?: Attributes;
}

/** A TLS certificate, for server and client: names and addresses, and nothing that would make it an identity. */
export interface TlsRequest extends LeafRequest {
  readonly dns?: readonly string[];
  readonly ips?: readonly string[];
}

export type CertificateRequest = IssueRequest | TlsRequest;

export interface IssuedCertificate {
  readonly certificatePem: string;
  /** PKCS#8; absent when the request brought its own public key. */
  readonly privateKeyPem?: string;
}

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const halfOrder = 0x7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8n;

export async function selfSigned(
  name: JsonName,
  keys: webcrypto.CryptoKeyPair,
  validity: Validity,
): Promise<X509Certificate> {
  const extensions = [
    new BasicConstraintsExtension(true, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    await SubjectKeyIdentifierExtension.create(keys.publicKey),
  ];
  return lowS(() =>
    X509CertificateGenerator.createSelfSigned({
      serialNumber: newSerial(),
      name,
      keys,
      signingAlgorithm: ecdsa,
      extensions,
      ...validity,
    }),
  );
}

export async function signLeaf(
  root: X509Certificate,
  signingKey: webcrypto.CryptoKey,
  subject: JsonName,
  publicKey: webcrypto.CryptoKey,
  request: CertificateRequest,
  validity: Validity,
): Promise<X509Certificate> {
  const extensions = await leafExtensions(root, publicKey, request);
  return lowS(() =>
    X509CertificateGenerator.create({
      serialNumber: newSerial(),
      subject,
      issuer: root.subjectName,
      publicKey,
      signingKey,
      signingAlgorithm: ecdsa,
      extensions,
      ...validity,
    }),
  );
}

async function leafExtensions(
  root: X509Certificate,
  publicKey: webcrypto.CryptoKey,
  request: CertificateRequest,
): Promise<Extension[]> {
  const extensions = [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    await SubjectKeyIdentifierExtension.create(publicKey),
    await AuthorityKeyIdentifierExtension.create(root),
  ];
  return [...extensions, ...("ou" in request ? identityExtensions(request) : tlsExtensions(request))];
}

function identityExtensions({ attributes }: IssueRequest): Extension[] {
  return attributes === undefined ? [] : [attributesExtension(attributes)];
}

function tlsExtensions(request: TlsRequest): Extension[] {
  const usage = [ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth];
  const names = alternativeNames(request);
  const extensions: Extension[] = [new ExtendedKeyUsageExtension(usage)];
  if (names.length > 0) extensions.push(new SubjectAlternativeNameExtension(names));
  return extensions;
}

function alternativeNames(request: TlsRequest): JsonGeneralName[] {
  const bad = (request.ips ?? []).find((ip) => isIP(ip) === 0);
  if (bad !== undefined) throw new AuthorityError("AUTHORITY_REQUEST", `"${bad}" is not an IP address`);
  return [
    ...(request.dns ?? []).map((value): JsonGeneralName => ({ type: "dns", value })),
    ...(request.ips ?? []).map((value): JsonGeneralName => ({ type: "ip", value })),
  ];
}

/** 16 random bytes, the first bit clear and the first byte not zero: positive and of one length. */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString("hex");
}

/**
 * Fabric's MSP rewrites a certificate whose own signature has a high S, and with it the identity's bytes.
 * Half of all signatures have one, so we sign until it is low (twice on average).
 */
async function lowS(create: () => Promise<X509Certificate>): Promise<X509Certificate> {
  for (let attempt = 0; attempt < 128; attempt++) {
    const certificate = await create();
    if (sOf(Buffer.from(certificate.signature)) <= halfOrder) return certificate;
  }
  throw new AuthorityError("AUTHORITY_KEY", "128 signatures in a row had a high S");
}

/** SEQUENCE { INTEGER r, INTEGER s } in DER, each shorter than 128 bytes. */
function sOf(signature: Buffer): bigint {
  const rLength = signature[3] ?? 0;
  return BigInt(`0x${signature.subarray(4 + rLength + 2).toString("hex")}`);
}
