import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { KeyPairFiles, MemberMaterial } from "./material.ts";

type Roots = Pick<MemberMaterial, "rootCertificateFile"> &
  Partial<Pick<MemberMaterial, "tlsRootCertificateFile">>;

/**
 * An MSP folder as Fabric reads it: the organisation's roots and node units, and, with a key pair, one identity of its own.
 * Source: Fabric's documentation, "Membership Service Provider (MSP)", MSP structure.
 */
export async function writeMsp(directory: string, roots: Roots, identity?: KeyPairFiles): Promise<void> {
  await put(directory, "cacerts", "ca.pem", roots.rootCertificateFile);
  if (roots.tlsRootCertificateFile !== undefined)
    await put(directory, "tlscacerts", "tlsca.pem", roots.tlsRootCertificateFile);
  await writeFile(join(directory, "config.yaml"), JSON.stringify(nodeUnits, undefined, 2));
  if (identity === undefined) return;
  await put(directory, "signcerts", "cert.pem", identity.certificateFile);
  await put(directory, "keystore", "key.pem", identity.keyFile);
}

const unit = (name: string) => ({ Certificate: "cacerts/ca.pem", OrganizationalUnitIdentifier: name });

const nodeUnits = {
  NodeOUs: {
    Enable: true,
    ClientOUIdentifier: unit("client"),
    PeerOUIdentifier: unit("peer"),
    AdminOUIdentifier: unit("admin"),
    OrdererOUIdentifier: unit("orderer"),
  },
};

/** Keeps the file's mode, which is its owner's alone for a key. */
async function put(directory: string, folder: string, name: string, source: string): Promise<void> {
  await mkdir(join(directory, folder), { recursive: true, mode: 0o700 });
  await copyFile(source, join(directory, folder, name));
}
