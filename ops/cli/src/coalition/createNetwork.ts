import { generateKeyPairSync } from "node:crypto";
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import {
  createAuthority,
  createTlsAuthority,
  decodeTopology,
  type IssuedCertificate,
  type IssueRequest,
  type KeyPairFiles,
  saveAuthority,
  type Topology,
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
import { type IdentityName, identityNames, Layout, tlsNames } from "./layout.ts";
import {
  channel,
  decodeNetwork,
  fabricPortNames,
  type LedgerEngineName,
  type Network,
  type NetworkMember,
  portNames,
} from "./networkFile.ts";
import { mspIdOf, type State, states } from "./states.ts";
import { type Surety, sureties } from "./sureties.ts";

export interface NetworkOptions {
  readonly members: number;
  readonly clock: Omit<Clock, "originMs">;
  /** Other values than the rulebook's own, by figure. */
  readonly rulebook?: Partial<Record<FigureName, string>> | undefined;
  readonly ledger?: LedgerEngineName | undefined;
}

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
    const engine = options.ledger ?? "embedded";
    const identityKeys = await Promise.all(chosen.map((state) => createMember(draft, state, engine, now)));
    for (const surety of sureties) await createSurety(draft, surety, now);
    const genesis = encodeGenesis(chosen, identityKeys, options, now());
    await writeFile(draft.genesisFile, genesis);
    const network = await assignPorts(chosen, genesisId(genesis), engine);
    await writeFile(draft.networkFile, jsonText(network));
    if (engine === "fabric") await writeTopology(draft, network);
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
export async function createMember(
  layout: Layout,
  state: State,
  engine: LedgerEngineName,
  now: () => number,
): Promise<string> {
  const { memberId, name: organisation } = state;
  const options = { mspId: mspIdOf(memberId), organisation, now };
  const authority = await createAuthority(options);
  const tlsAuthority = await createTlsAuthority(options);
  await mkdir(layout.member(memberId), { recursive: true, mode: 0o700 });
  await saveAuthority(authority, layout.authority(memberId));
  await saveAuthority(tlsAuthority, layout.tlsAuthority(memberId));
  const isReal = engine === "fabric";
  for (const name of [...identityNames, ...(isReal ? (["orderer", "admin"] as const) : [])]) {
    await saveKeyPair(await authority.issue(requestOf(name)), layout.keyPair(memberId, name));
  }
  for (const name of [...tlsNames, ...(isReal ? (["orderer-tls"] as const) : [])]) {
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
  if (name === "peer" || name === "orderer" || name === "admin") return { commonName: name, ou: name };
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

async function assignPorts(
  chosen: readonly State[],
  genesis: string,
  ledger: LedgerEngineName,
): Promise<Network> {
  const names = portsOn(ledger);
  const [gatewayPort = 0, ...ports] = await freePorts(chosen.length * names.length + 1);
  const members = chosen.map(({ memberId, name }, position) => {
    const own = namedPorts(names, ports.slice(position * names.length));
    return { memberId, name, mspId: mspIdOf(memberId), ports: own };
  });
  return decodeNetwork({ version: 1, genesis, ledger, members, sureties, gatewayPort });
}

/** Names of what a member listens on. */
export function portsOn(ledger: LedgerEngineName): readonly string[] {
  return [...portNames, ...(ledger === "fabric" ? fabricPortNames : [])];
}

export function namedPorts(names: readonly string[], ports: readonly number[]): Record<string, number> {
  return Object.fromEntries(names.map((name, at) => [name, ports[at] ?? 0]));
}

async function writeTopology(layout: Layout, network: Network): Promise<void> {
  await mkdir(layout.fabric, { recursive: true, mode: 0o700 });
  const topology = topologyOf(layout, network, (member) => network.members.indexOf(member) + 1);
  await writeFile(layout.topologyFile, jsonText(topology));
}

/** What a real network is made of; paths are relative, since a new coalition's directory is moved to its place. */
export function topologyOf(
  layout: Layout,
  network: Network,
  consenterIdOf: (member: NetworkMember) => number,
): Topology {
  const path = (file: string): string => relative(layout.fabric, file);
  return decodeTopology({
    version: 1,
    channel,
    members: network.members.map((member) => {
      const { memberId, mspId, ports } = member;
      return {
        ...{ memberId, mspId, consenterId: consenterIdOf(member), host: loopback },
        ports: {
          ...Object.fromEntries(fabricPortNames.map((name) => [name, ports[name]])),
          ...{ peer: ports.ledger, chaincode: ports.chaincode },
        },
        rootCertificateFile: path(layout.rootCertificate(memberId)),
        tlsRootCertificateFile: path(layout.tlsRootCertificate(memberId)),
        ordererCertificateFile: path(layout.keyPair(memberId, "orderer").certificateFile),
        ordererTlsCertificateFile: path(layout.keyPair(memberId, "orderer-tls").certificateFile),
      };
    }),
    observers: network.sureties.map(({ suretyId, mspId }) => ({
      mspId,
      rootCertificateFile: path(layout.suretyRootCertificate(suretyId)),
    })),
  });
}

export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
