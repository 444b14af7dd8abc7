import { generateKeyPairSync } from "node:crypto";
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  createAuthority,
  createTlsAuthority,
  type IssuedCertificate,
  type IssueRequest,
  saveAuthority,
} from "@comity/fabric";
import {
  type Clock,
  defaultRulebook,
  encodeCanonical,
  type FigureName,
  genesisId,
  quorumOf,
  toHex,
  validateGenesis,
} from "@comity/protocol";
import { CliError } from "../cliError.ts";
import { freePorts, loopback } from "./freePorts.ts";
import { type IdentityName, identityNames, type KeyPairFiles, Layout, tlsNames } from "./layout.ts";
import { mspIdOf, type State, states } from "./states.ts";
import { type Surety, sureties } from "./sureties.ts";

export interface NetworkOptions {
  readonly members: number;
  readonly clock: Omit<Clock, "originMs">;
  /** Other values than the rulebook's own, by figure. */
  readonly rulebook?: Partial<Record<FigureName, string>> | undefined;
}

const portsOfMember = 6;

/** Draws keys, certificates, genesis record and ports into a new directory, which appears whole or not at all. */
export async function createNetwork(
  layout: Layout,
  options: NetworkOptions,
  now: () => number,
): Promise<void> {
  await refuseForeign(layout);
  // A new directory of ours alone: keys must not land in one that somebody else laid ready.
  const draft = new Layout(await mkdtemp(join(dirname(layout.root), ".comity-new-")));
  try {
    const chosen = states.slice(0, options.members);
    const identityKeys = await Promise.all(chosen.map((state) => createMember(draft, state, now)));
    for (const surety of sureties) await createSurety(draft, surety, now);
    const genesis = encodeGenesis(chosen, identityKeys, options, now());
    await writeFile(draft.genesisFile, genesis);
    await writeFile(draft.networkFile, await networkText(chosen, genesisId(genesis)));
    await rename(draft.root, layout.root);
  } catch (error) {
    await rm(draft.root, { recursive: true, force: true });
    throw error;
  }
}

/** An empty directory may be taken; somebody's files may not. */
async function refuseForeign(layout: Layout): Promise<void> {
  await mkdir(layout.root, { recursive: true, mode: 0o700 });
  if ((await readdir(layout.root)).length === 0) return;
  throw new CliError(
    "DATA_DIR_FOREIGN",
    `${layout.root} has files in it but no coalition. Choose another directory with --data-dir.`,
  );
}

/** Returns the public half of the member's identity key. */
async function createMember(layout: Layout, state: State, now: () => number): Promise<string> {
  const { memberId, name: organisation } = state;
  const options = { mspId: mspIdOf(memberId), organisation, now };
  const authority = await createAuthority(options);
  const tlsAuthority = await createTlsAuthority(options);
  await mkdir(layout.member(memberId), { recursive: true, mode: 0o700 });
  await saveAuthority(authority, layout.authority(memberId));
  await saveAuthority(tlsAuthority, layout.tlsAuthority(memberId));
  for (const name of identityNames) {
    await saveKeyPair(await authority.issue(requestOf(name)), layout.keyPair(memberId, name));
  }
  for (const name of tlsNames) {
    const issued = await tlsAuthority.issue({ commonName: name, dns: ["localhost"], ips: [loopback] });
    await saveKeyPair(issued, layout.keyPair(memberId, name));
  }
  return createIdentityKey(layout.identityKey(memberId));
}

async function createSurety(
  layout: Layout,
  { suretyId, mspId, name }: Surety,
  now: () => number,
): Promise<void> {
  const authority = await createAuthority({ mspId, organisation: name, now });
  await mkdir(layout.surety(suretyId), { recursive: true, mode: 0o700 });
  await saveAuthority(authority, layout.suretyAuthority(suretyId));
  const request = { commonName: suretyId, ou: "client", attributes: { "comity.role": "surety" } } as const;
  await saveKeyPair(await authority.issue(request), layout.suretyKeyPair(suretyId));
}

function requestOf(name: IdentityName): IssueRequest {
  if (name === "peer") return { commonName: name, ou: "peer" };
  return { commonName: name, ou: "client", attributes: { "comity.role": name } };
}

/** The key is its owner's alone. */
export async function saveKeyPair(
  { certificatePem, privateKeyPem = "" }: IssuedCertificate,
  files: KeyPairFiles,
): Promise<void> {
  await writeFile(files.keyFile, privateKeyPem, { mode: 0o600 });
  await writeFile(files.certificateFile, certificatePem);
}

async function createIdentityKey(file: string): Promise<string> {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  await writeFile(file, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  return toHex(publicKey.export({ type: "spki", format: "der" }).subarray(-32));
}

function encodeGenesis(
  chosen: readonly State[],
  identityKeys: readonly string[],
  { clock, rulebook }: NetworkOptions,
  originMs: number,
): Uint8Array {
  const members = chosen.map(({ memberId, name }, position) => ({
    index: position + 1,
    memberId,
    name,
    mspId: mspIdOf(memberId),
    identityKey: identityKeys[position],
  }));
  const genesis = {
    type: "comity/v1/genesis",
    name: "Comity on one machine",
    mode: "evaluation",
    clock: { ...clock, originMs },
    threshold: quorumOf(members.length),
    members,
    rulebook: { ...defaultRulebook(), ...rulebook },
  };
  return encodeCanonical(validateGenesis(genesis));
}

async function networkText(chosen: readonly State[], genesis: string): Promise<string> {
  const [gatewayPort = 0, ...ports] = await freePorts(chosen.length * portsOfMember + 1);
  const members = chosen.map(({ memberId, name }, position) => {
    const [ledger, chaincode, gossip, intake, console, tips] = ports.slice(position * portsOfMember);
    return {
      memberId,
      name,
      mspId: mspIdOf(memberId),
      ports: { ledger, chaincode, gossip, intake, console, tips },
    };
  });
  return `${JSON.stringify({ version: 1, genesis, members, sureties, gatewayPort }, undefined, 2)}\n`;
}
