import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { encodeCanonical, encodeRelease, type Release, sha256, toHex } from "@comity/protocol";
import { createTar } from "nanotar";

/** The coalition's own. */
export const chaincodeName = "comity";

export interface ChaincodePackage {
  /** Under which the channel knows the chaincode. */
  readonly name: string;
  readonly version: number;
  /** `label:sha256`, as every peer computes it from the bytes and names it to the chaincode server. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

/**
 * The package that every member installs, the same to the byte: it holds no program, but says which one runs (`release.json`), and where each peer
 * finds its own server (`connection.json`, templates that each member's builder fills).
 * Source: Fabric's documentation, "Running chaincode as an external service".
 */
export function packageChaincode(release: Release, name = chaincodeName): ChaincodePackage {
  const { version } = release;
  const label = addressName(name, version);
  const connection = {
    address: template(label),
    dial_timeout: "10s",
    tls_required: true,
    client_auth_required: true,
    client_key: template("client_key"),
    client_cert: template("client_cert"),
    root_cert: template("root_cert"),
  };
  const code = archive({
    "connection.json": encodeCanonical(connection),
    "release.json": encodeRelease(release),
  });
  const metadata = encodeCanonical({ type: "ccaas", label });
  const bytes = archive({ "metadata.json": metadata, "code.tar.gz": code });
  return { name, version, id: `${label}:${toHex(sha256(bytes))}`, bytes };
}

/** The package for a chaincode server's one file and the network that it is to serve. */
export async function packageProgram(
  programFile: string,
  release: Pick<Release, "version" | "genesis">,
  name = chaincodeName,
): Promise<ChaincodePackage> {
  const bundle = toHex(sha256(await readFile(programFile)));
  return packageChaincode({ schemaVersion: 1, bundle, ...release }, name);
}

/** Old and new servers run side by side during an upgrade, each at an address of its own. */
export function addressName(name: string, version: number): string {
  return `${name}_${version}`;
}

function template(name: string): string {
  return `{{.${name}}}`;
}

const always = { mode: "644", uid: 0, gid: 0, mtime: 0, user: "", group: "" };

/** Nothing of the machine or the day is in it: no names, no times; and stored, not compressed, since libraries compress differently. */
function archive(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const entries = Object.entries(files).map(([name, data]) => ({ name, data }));
  const zipped = gzipSync(createTar(entries, { attrs: always }), { level: 0 });
  zipped[operatingSystemAt] = unknownSystem;
  return zipped;
}

/** RFC 1952, section 2.3.1: OS. */
const operatingSystemAt = 9;
const unknownSystem = 255;
