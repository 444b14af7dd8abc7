import { X509Certificate } from "node:crypto";
import { msp } from "@hyperledger/fabric-protos";
import { decode } from "../wire/decode.ts";
import { verifySignature } from "./signature.ts";

/** Fabric's node organisational units. */
export type NodeUnit = "client" | "peer" | "admin" | "orderer";

export interface Identity {
  readonly mspId: string;
  readonly unit: NodeUnit;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  verify(data: Uint8Array, signature: Uint8Array): boolean;
}

export type IdentityErrorCode = "IDENTITY_UNKNOWN" | "IDENTITY_INVALID";

export class IdentityError extends Error {
  readonly code: IdentityErrorCode;
  /** Known once the certificate belongs to a known MSP. */
  readonly mspId: string;

  constructor(code: IdentityErrorCode, message: string, mspId = "") {
    super(message);
    this.name = "IdentityError";
    this.code = code;
    this.mspId = mspId;
  }
}

export interface MspDefinition {
  readonly mspId: string;
  readonly rootCertificatePem: string;
}

const maxCached = 1000;
const maxIdentityBytes = 16_384;
/**
 * X509Certificate would take DER too, and text around the certificate; Fabric takes PEM only. Whoever reads it next, a chaincode's shim
 * foremost, must not find another certificate in that text, so there may be none: stricter here than Fabric.
 */
const oneCertificate =
  /^-----BEGIN CERTIFICATE-----\r?\n(?:[A-Za-z0-9+/=]{1,76}\r?\n)+-----END CERTIFICATE-----(?:\r?\n)*$/;

/**
 * The channel's MSPs, each with one root and node units. Whether a certificate has expired is asked where Fabric asks it
 * (at a peer's and an orderer's door, never at validation, which must not depend on the time it runs).
 */
export class MspRegistry {
  readonly #roots: ReadonlyMap<string, X509Certificate>;
  readonly #resolved = new Map<string, Identity | IdentityError>();

  constructor(msps: readonly MspDefinition[]) {
    this.#roots = new Map(msps.map((m) => [m.mspId, new X509Certificate(m.rootCertificatePem)]));
  }

  /** @throws IdentityError */
  resolve(serialized: Uint8Array): Identity {
    const cacheKey = Buffer.from(serialized).toString("latin1");
    const known = this.#resolved.get(cacheKey) ?? this.#remember(cacheKey, this.#resolve(serialized));
    if (known instanceof IdentityError) throw known;
    return known;
  }

  #remember(cacheKey: string, result: Identity | IdentityError): Identity | IdentityError {
    if (cacheKey.length > maxIdentityBytes) return result;
    const oldest = this.#resolved.keys().next();
    if (this.#resolved.size >= maxCached && !oldest.done) this.#resolved.delete(oldest.value);
    this.#resolved.set(cacheKey, result);
    return result;
  }

  #resolve(serialized: Uint8Array): Identity | IdentityError {
    try {
      const { mspId, pem } = decodeIdentity(serialized);
      const root = this.#roots.get(mspId);
      if (root === undefined)
        return new IdentityError("IDENTITY_UNKNOWN", `MSP ${mspId} is not defined on channel`);
      return identityOf(mspId, root, new X509Certificate(pem));
    } catch (error) {
      if (error instanceof IdentityError) return error;
      return new IdentityError("IDENTITY_UNKNOWN", "could not decode the PEM structure");
    }
  }
}

function decodeIdentity(serialized: Uint8Array): { mspId: string; pem: string } {
  const identity = decode(msp.SerializedIdentity, "SerializedIdentity", serialized);
  const pem = Buffer.from(identity.getIdBytes_asU8()).toString("latin1");
  if (!oneCertificate.test(pem)) throw new Error("not one certificate in PEM");
  return { mspId: identity.getMspid(), pem };
}

function identityOf(mspId: string, root: X509Certificate, certificate: X509Certificate): Identity {
  if (certificate.ca || !certificate.checkIssued(root) || !certificate.verify(root.publicKey)) {
    // Fabric already needs the chain to read an identity, so it says "malformed" here, not which organisation's.
    throw new IdentityError("IDENTITY_UNKNOWN", "could not obtain certification chain");
  }
  const { publicKey } = certificate;
  const isP256 = publicKey.asymmetricKeyDetails?.namedCurve === "prime256v1";
  if (!isP256 && publicKey.asymmetricKeyType !== "ed25519") {
    throw new IdentityError("IDENTITY_INVALID", "could not validate identity's public key algorithm", mspId);
  }
  return {
    mspId,
    unit: unitOf(certificate, mspId),
    expiresAt: certificate.validToDate.getTime(),
    verify: (data, signature) => verifySignature(publicKey, data, signature),
  };
}

/** Exactly one node unit, as Fabric demands when NodeOUs are on. */
function unitOf(certificate: X509Certificate, mspId: string): NodeUnit {
  const units = certificate.subject.split("\n").filter((line) => line.startsWith("OU="));
  const nodeUnits = units.map((line) => line.slice(3)).filter(isNodeUnit);
  const [unit] = nodeUnits;
  if (unit === undefined || nodeUnits.length !== 1) {
    throw new IdentityError("IDENTITY_INVALID", "could not validate identity's OUs", mspId);
  }
  return unit;
}

function isNodeUnit(name: string): name is NodeUnit {
  return name === "client" || name === "peer" || name === "admin" || name === "orderer";
}
