import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { X509Certificate } from "@peculiar/x509";
import { type Authority, authorityOf, type TlsAuthority } from "./authority.ts";
import { AuthorityError } from "./authorityError.ts";
import { keysFromPem } from "./key.ts";

const certificateFile = "ca-cert.pem";
const keyFile = "ca-key.pem";
const aboutFile = "ca.json";

/** Writes key (0600), root and description into a directory of its own (0700). Refuses to overwrite an authority. */
export async function saveAuthority(authority: Authority | TlsAuthority, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const about = JSON.stringify({ mspId: authority.mspId, organisation: authority.organisation });
  try {
    await writeFile(join(directory, keyFile), await authority.exportKey(), { mode: 0o600, flag: "wx" });
    await writeFile(join(directory, certificateFile), authority.rootCertificatePem, { flag: "wx" });
    await writeFile(join(directory, aboutFile), about, { flag: "wx" });
  } catch (cause) {
    throw new AuthorityError("AUTHORITY_FILES", `cannot save the authority in ${directory}`, { cause });
  }
}

/** @throws AuthorityError whatever is wrong with the files */
export function loadAuthority(directory: string, now: () => number): Promise<Authority> {
  return load(directory, now);
}

/** @throws AuthorityError whatever is wrong with the files */
export function loadTlsAuthority(directory: string, now: () => number): Promise<TlsAuthority> {
  return load(directory, now);
}

async function load(directory: string, now: () => number): Promise<Authority & TlsAuthority> {
  const [key, certificate, about] = await readAll(directory);
  const { root, keys } = await decodeRoot(key, certificate, directory);
  if (!(await root.verify({ publicKey: keys.publicKey, signatureOnly: true }))) {
    throw new AuthorityError("AUTHORITY_FILES", `the key in ${directory} is not the one of its certificate`);
  }
  return authorityOf({ ...decodeAbout(about, directory), now }, root, keys);
}

async function readAll(directory: string): Promise<[string, string, string]> {
  const read = (name: string): Promise<string> => readFile(join(directory, name), "utf8");
  try {
    return await Promise.all([read(keyFile), read(certificateFile), read(aboutFile)]);
  } catch (cause) {
    throw new AuthorityError("AUTHORITY_FILES", `no authority can be read from ${directory}`, { cause });
  }
}

async function decodeRoot(key: string, certificate: string, directory: string) {
  try {
    return { root: new X509Certificate(certificate), keys: await keysFromPem(key) };
  } catch (cause) {
    throw new AuthorityError("AUTHORITY_FILES", `the files in ${directory} are damaged`, { cause });
  }
}

function decodeAbout(text: string, directory: string): { mspId: string; organisation: string } {
  const about = parse(text);
  if (typeof about === "object" && about !== null && "mspId" in about && "organisation" in about) {
    const { mspId, organisation } = about;
    if (typeof mspId === "string" && typeof organisation === "string") return { mspId, organisation };
  }
  throw new AuthorityError("AUTHORITY_FILES", `${join(directory, aboutFile)} lacks mspId or organisation`);
}

/** What is not JSON says nothing. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
