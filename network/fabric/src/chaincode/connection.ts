import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { dataIn, type MemberHome } from "../member/home.ts";
import type { MemberMaterial } from "../member/material.ts";

/**
 * Tells a member's builder what to fill into the packages: where this member's chaincode servers listen, by `addressName`, and with what its peer
 * connects to them. The file holds the peer's TLS key, so it is its owner's alone; one name a line, as the builder reads it.
 */
export async function writeConnection(
  home: MemberHome,
  material: MemberMaterial,
  addresses: ReadonlyMap<string, string>,
): Promise<void> {
  const read = (file: string): Promise<string> => readFile(file, "utf8");
  const values = {
    client_key: await read(material.peerTls.keyFile),
    client_cert: await read(material.peerTls.certificateFile),
    root_cert: await read(material.tlsRootCertificateFile),
    ...Object.fromEntries(addresses),
  };
  await writeFile(home.chaincodeConnection, `${JSON.stringify(values, undefined, 2)}\n`, { mode: 0o600 });
}

/** What the builder filled in when a package was installed, address and keys, is used for ever; a peer that is started without it has it filled in anew. */
export async function forgetConnections(home: MemberHome): Promise<void> {
  await rm(join(dataIn(home.peer), "externalbuilder"), { recursive: true, force: true });
}
