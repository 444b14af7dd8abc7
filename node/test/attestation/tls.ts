import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type AttesterConfig, parseConfig } from "@comity/attester";
import {
  type Authority,
  createAuthority,
  createTlsAuthority,
  type IssuedCertificate,
  type TlsAuthority,
} from "@comity/fabric";
import { networkId, origin, type TestHost } from "./fixture.ts";

const options = { mspId: "aaMSP", organisation: "aa", now: () => Date.now() };

/** A member's authority, for whatever clients a test asks for. */
export async function createTestAuthority(): Promise<Authority> {
  return createAuthority(options);
}

/** The one that its node's server certificate comes from. */
export async function createTestTlsAuthority(): Promise<TlsAuthority> {
  return createTlsAuthority(options);
}

export interface Pems {
  readonly certificate: string;
  readonly key: string;
}

export async function issue(authority: Authority, attributes: Record<string, string>): Promise<Pems> {
  return pemsOf(await authority.issue({ commonName: "test", ou: "client", attributes }));
}

export async function issueServer(authority: TlsAuthority): Promise<Pems> {
  const names = { dns: ["localhost"], ips: ["127.0.0.1"] };
  return pemsOf(await authority.issue({ commonName: "test", ...names }));
}

function pemsOf({ certificatePem, privateKeyPem = "" }: IssuedCertificate): Pems {
  return { certificate: certificatePem, key: privateKeyPem };
}

export const attesterAttributes = {
  "comity.role": "attester",
  "comity.operator": "operator",
  "comity.site": "site-one",
};

/** Writes all files that an attester needs, and its configuration, into a folder. */
export async function writeAttester(
  folder: string,
  { authority, tlsAuthority }: { authority: Authority; tlsAuthority: TlsAuthority },
  hosts: readonly TestHost[],
  settings: object,
): Promise<{ path: string; config: AttesterConfig }> {
  const write = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const client = await issue(authority, attesterAttributes);
  const tls = {
    certificateFile: await write("client.pem", client.certificate),
    keyFile: await write("client-key.pem", client.key),
    rootFile: await write("root.pem", tlsAuthority.rootCertificatePem),
  };
  const written = [];
  for (const { document, key } of hosts) {
    const keyFile = await write(
      `${document.hostId}.pem`,
      key.export({ format: "pem", type: "pkcs8" }).toString(),
    );
    const accelerators = document.accelerators.map(({ serial, model }) => ({ serial, model }));
    written.push({ hostId: document.hostId, keyFile, accelerators });
  }
  const phases = [{ fromPolicyMs: 0, utilisationBasisPoints: 6000, kernelMix: { matmul: 3, attention: 1 } }];
  const trace = { kind: "profile", seed: "test", phases };
  const spoolDir = join(folder, "spool");
  const text = JSON.stringify({ origin, networkId, tls, hosts: written, trace, spoolDir, ...settings });
  return { path: await write("attester.json", text), config: parseConfig(text) };
}
