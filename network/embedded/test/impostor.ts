import { createAuthority } from "@comity/fabric";
import { type ClientIdentity, identityOf } from "./clientIdentity.ts";

/** For a client of member 1: its MSP, and a certificate of an authority with the name of member 1's and another key. */
export async function impostorOf({ mspId }: ClientIdentity): Promise<ClientIdentity> {
  const authority = await createAuthority({ mspId, organisation: "Member 1", now: () => Date.now() });
  return identityOf(mspId, await authority.issue({ commonName: "client", ou: "client" }));
}

/** Text in which OpenSSL finds the member's certificate, and fabric-shim the impostor's with its attributes. */
export async function withImpostor(identity: ClientIdentity): Promise<ClientIdentity> {
  const impostor = await impostorOf(identity);
  const [begin = "", ...lines] = impostor.certificatePem.trim().split("\n");
  const first = `${begin}${lines.slice(0, -1).join("")}\n${lines.at(-1)}\n`;
  return { ...identity, certificatePem: first + identity.certificatePem };
}
