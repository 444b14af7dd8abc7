import type { webcrypto } from "node:crypto";
import type { JsonName, X509Certificate } from "@peculiar/x509";
import { AuthorityError } from "./authorityError.ts";
import {
  type CertificateRequest,
  type IssuedCertificate,
  type IssueRequest,
  selfSigned,
  signLeaf,
  type TlsRequest,
  type Validity,
} from "./certificate.ts";
import { generateKeys, privateKeyToPem, subjectKeyFromPem } from "./key.ts";

export interface AuthorityOptions {
  readonly mspId: string;
  /** The X.500 organisation (O) of the root and of every certificate. */
  readonly organisation: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

interface Root {
  readonly mspId: string;
  readonly organisation: string;
  readonly rootCertificatePem: string;
  /** PKCS#8, for {@link saveAuthority}. */
  exportKey(): Promise<string>;
}

/** One organisation's certificate authority for identities: its root is the one of the organisation's MSP. */
export interface Authority extends Root {
  issue(request: IssueRequest): Promise<IssuedCertificate>;
}

/** Its other authority, which secures connections. No MSP knows this root, so that what it issues is nobody's identity. */
export interface TlsAuthority extends Root {
  issue(request: TlsRequest): Promise<IssuedCertificate>;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Makes a new key pair and a self-signed root that is valid for ten years. */
export async function createAuthority(options: AuthorityOptions): Promise<Authority> {
  return createRoot(options, "root");
}

/** The same for TLS; Fabric's tools call it tlsca. */
export async function createTlsAuthority(options: AuthorityOptions): Promise<TlsAuthority> {
  return createRoot(options, "TLS root");
}

async function createRoot(options: AuthorityOptions, title: string): Promise<AnyAuthority> {
  const { mspId, organisation } = options;
  if (!/^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$/.test(mspId)) {
    throw new AuthorityError(
      "AUTHORITY_REQUEST",
      `"${mspId}" is not an MSP id: 1 to 64 letters, digits, dots, hyphens`,
    );
  }
  const keys = await generateKeys();
  const name: JsonName = [{ CN: [`${mspId} ${title}`] }, { O: [organisation] }];
  const now = options.now();
  const root = await selfSigned(name, keys, {
    notBefore: new Date(now - 5 * minuteMs),
    notAfter: new Date(now + 3650 * dayMs),
  });
  return authorityOf(options, root, keys);
}

interface AnyAuthority extends Root {
  issue(request: CertificateRequest): Promise<IssuedCertificate>;
}

export function authorityOf(
  options: AuthorityOptions,
  root: X509Certificate,
  keys: webcrypto.CryptoKeyPair,
): AnyAuthority {
  return {
    mspId: options.mspId,
    organisation: options.organisation,
    rootCertificatePem: `${root.toString("pem")}\n`,
    exportKey: () => privateKeyToPem(keys.privateKey),
    issue: (request) => issue(options, root, keys.privateKey, request),
  };
}

async function issue(
  options: AuthorityOptions,
  root: X509Certificate,
  signingKey: webcrypto.CryptoKey,
  request: CertificateRequest,
): Promise<IssuedCertificate> {
  const subject: JsonName = [
    { CN: [request.commonName] },
    ...("ou" in request ? [{ OU: [request.ou] }] : []),
    { O: [options.organisation] },
  ];
  const validity = validityOf(request, options.now());
  if (request.publicKey !== undefined) {
    const publicKey = await subjectKeyFromPem(request.publicKey);
    const certificate = await signLeaf(root, signingKey, subject, publicKey, request, validity);
    return { certificatePem: `${certificate.toString("pem")}\n` };
  }
  const keys = await generateKeys();
  const certificate = await signLeaf(root, signingKey, subject, keys.publicKey, request, validity);
  return {
    certificatePem: `${certificate.toString("pem")}\n`,
    privateKeyPem: await privateKeyToPem(keys.privateKey),
  };
}

function validityOf(request: CertificateRequest, now: number): Validity {
  const notBefore = request.notBefore ?? now - 5 * minuteMs;
  const notAfter = request.notAfter ?? now + 365 * dayMs;
  if (!(notBefore < notAfter)) {
    throw new AuthorityError("AUTHORITY_REQUEST", "a certificate ends after it begins");
  }
  return { notBefore: new Date(notBefore), notAfter: new Date(notAfter) };
}
