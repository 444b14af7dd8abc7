import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type AttesterConfig, parseConfig } from "@comity/attester";
import { type Authority, createAuthority } from "@comity/fabric";
import { networkId, origin, type TestHost } from "./fixture.ts";

/** A member's authority, its node's TLS certificate and whatever clients a test asks for. */
export async function createTestAuthority(): Promise<Authority> {
  return createAuthority({ mspId: "aaMSP", organisation: "aa", now: () => Date.now() });
}

export interface Pems {
  readonly certificate: string;
  readonly key: string;
}

export async function issue(authority: Authority, attributes: Record<string, string>): Promise<Pems> {
  const names = { dns: ["localhost"], ips: ["127.0.0.1"] };
  const issued = await authority.issue({ commonName: "test", ou: "client", attributes, ...names });
  return { certificate: issued.certificatePem, key: issued.privateKeyPem ?? "" };
}

export const attesterAttributes = {
  "comity.role": "attester",
  "comity.operator": "operator",
  "comity.site": "site-one",
};

/** Writes all files that an attester needs, and its configuration, into a folder. */
export async function writeAttester(
  folder: string,
  authority: Authority,
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
    rootFile: await write("root.pem", authority.rootCertificatePem),
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
