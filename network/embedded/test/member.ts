import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import {
  type Authority,
  createAuthority,
  createTlsAuthority,
  type IssuedCertificate,
  type TlsAuthority,
} from "@comity/fabric";

export interface Member {
  readonly mspId: string;
  readonly authority: Authority;
  readonly tlsAuthority: TlsAuthority;
  readonly folder: string;
  readonly chaincodePort: number;
  readonly otherChaincodePort: number;
  otherChaincode: ChildProcess | undefined;
  chaincode: ChildProcess | undefined;
}

/** Its authorities, and in its folder the certificates and keys that a ledger and a chaincode process read. */
export async function createMember(folder: string, number: number): Promise<Member> {
  const mspId = `Member${number}MSP`;
  const home = join(folder, mspId);
  await mkdir(home);
  const options = { mspId, organisation: `Member ${number}`, now: () => Date.now() };
  const authority = await createAuthority(options);
  const tlsAuthority = await createTlsAuthority(options);
  await writeFile(join(home, "root.pem"), authority.rootCertificatePem);
  await writeFile(join(home, "tls-root.pem"), tlsAuthority.rootCertificatePem);
  const here = { dns: ["localhost"], ips: ["127.0.0.1"] };
  await save(home, "peer", await authority.issue({ commonName: "peer", ou: "peer" }));
  await save(home, "tls", await tlsAuthority.issue({ commonName: "node", ...here }));
  return {
    mspId,
    authority,
    tlsAuthority,
    folder: home,
    chaincodePort: await freePort(),
    otherChaincodePort: await freePort(),
    chaincode: undefined,
    otherChaincode: undefined,
  };
}

async function save(folder: string, name: string, issued: IssuedCertificate): Promise<void> {
  await writeFile(join(folder, `${name}-cert.pem`), issued.certificatePem);
  await writeFile(join(folder, `${name}-key.pem`), issued.privateKeyPem ?? "", { mode: 0o600 });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
