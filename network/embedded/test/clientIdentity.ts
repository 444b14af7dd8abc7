import type { IssuedCertificate } from "@comity/fabric";

export interface ClientIdentity {
  readonly mspId: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

export function identityOf(mspId: string, issued: IssuedCertificate): ClientIdentity {
  return { mspId, certificatePem: issued.certificatePem, privateKeyPem: issued.privateKeyPem ?? "" };
}
