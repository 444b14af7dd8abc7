import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type Decoded, DecodeError, integer, list, literal, memberId, object, text } from "@comity/protocol";
import { FabricError } from "./fabricError.ts";

const port = integer(1, 65_535);
const mspId = text(64, /^[A-Za-z0-9][A-Za-z0-9.-]*$/);
/** A host name or an IPv4 address, as TLS certificates and other members name it. */
const host = text(253, /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/);
const path = text(4096, /./);

const member = object({
  memberId,
  mspId,
  /** Of its orderer, for ever: who joins gets a new one, and nobody another's. */
  consenterId: integer(1, 65_535),
  host,
  ports: object({
    orderer: port,
    /** Where the member's own administrator has its orderer join channels. */
    ordererAdmin: port,
    /** Health and metrics, on loopback. */
    ordererOperations: port,
    /** The peer, which is also the gateway of the member's clients. */
    peer: port,
    peerOperations: port,
    chaincode: port,
  }),
  /** Of the authority for identities, and of the one for TLS. */
  rootCertificateFile: path,
  tlsRootCertificateFile: path,
  /** As consenter: with which it signs blocks, and its connections. */
  ordererCertificateFile: path,
  ordererTlsCertificateFile: path,
});

const observer = object({ mspId, rootCertificateFile: path });

const topology = object({
  version: literal(1),
  channel: text(64, /^[a-z][a-z0-9.-]*$/),
  members: list(member, 16, 4),
  /** Sureties and others that read and write, but order and endorse nothing. */
  observers: list(observer, 64),
});

/** Who makes up a network: what every member must know of all, and nothing secret. Relative paths start where the file lies. */
export type Topology = Decoded<typeof topology>;
export type TopologyMember = Topology["members"][number];
export type TopologyObserver = Topology["observers"][number];

/** The topology in a file, with absolute paths. @throws FabricError TOPOLOGY_INVALID */
export async function readTopology(file: string): Promise<Topology> {
  const at = (path: string): string => resolve(dirname(file), path);
  const { members, observers, ...rest } = decodeTopology(await readJson(file));
  return {
    ...rest,
    members: members.map((each) => ({
      ...each,
      rootCertificateFile: at(each.rootCertificateFile),
      tlsRootCertificateFile: at(each.tlsRootCertificateFile),
      ordererCertificateFile: at(each.ordererCertificateFile),
      ordererTlsCertificateFile: at(each.ordererTlsCertificateFile),
    })),
    observers: observers.map((each) => ({ ...each, rootCertificateFile: at(each.rootCertificateFile) })),
  };
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new FabricError("TOPOLOGY_INVALID", `${file} cannot be read as JSON`, { cause });
  }
}

/** @throws FabricError TOPOLOGY_INVALID */
export function decodeTopology(value: unknown): Topology {
  try {
    const decoded = topology(value);
    refuseRepeated(decoded);
    return decoded;
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause;
    throw new FabricError("TOPOLOGY_INVALID", `the topology cannot be used: ${cause.message}`, { cause });
  }
}

/** Fabric would take some of these and fail much later. */
function refuseRepeated({ members, observers }: Topology): void {
  const addresses = members.flatMap(({ host: at, ports }) =>
    Object.values(ports).map((each) => `${at}:${each}`),
  );
  const kinds: Readonly<Record<string, readonly string[]>> = {
    "member id": members.map((each) => each.memberId),
    "consenter id": members.map((each) => String(each.consenterId)),
    "MSP id": [...members, ...observers].map((each) => each.mspId),
    address: addresses,
  };
  for (const [kind, values] of Object.entries(kinds)) {
    const repeated = values.find((value, at) => values.indexOf(value) !== at);
    if (repeated !== undefined) throw new DecodeError("", `has the ${kind} ${repeated} twice`);
  }
}
