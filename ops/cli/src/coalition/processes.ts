import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseNetworkId } from "@comity/protocol";
import { loopback } from "./freePorts.ts";
import type { IdentityName, Layout } from "./layout.ts";
import { gatewayReceiptKey } from "./memberIdentity.ts";
import { channel, chaincode, type Network, type NetworkMember, type NetworkSurety } from "./networkFile.ts";
import { nodeProgram, type ProcessSpec } from "./processSpec.ts";
import type { Release } from "./release.ts";

/** Small heaps: a coalition of four is a dozen processes on one machine. */
export const smallHeap = ["--max-semi-space-size=2", "--max-old-space-size=128"];
/** With less room for what lives shortly a node that takes evidence in spends a fifth of its time on collecting it. */
const nodeHeap = ["--max-semi-space-size=8", "--max-old-space-size=256"];

/** As a member runs it beside a real peer. */
export function chaincodeProcess(
  layout: Layout,
  member: NetworkMember,
  { package: { id }, packageFile, programFile, portOf }: Release,
  name = `chaincode-${member.memberId}`,
): ProcessSpec {
  const tls = layout.keyPair(member.memberId, "chaincode-tls");
  return {
    ...{ name, ...nodeProgram(programFile, [], smallHeap) },
    env: {
      ...compileCache(programFile),
      CORE_PEER_LOCALMSPID: member.mspId,
      COMITY_GENESIS_FILE: layout.genesisFile,
      CHAINCODE_ID: id,
      CHAINCODE_PACKAGE_FILE: packageFile,
      CHAINCODE_SERVER_ADDRESS: `${loopback}:${portOf(member)}`,
      CHAINCODE_TLS_CERT_FILE: tls.certificateFile,
      CHAINCODE_TLS_KEY_FILE: tls.keyFile,
      CHAINCODE_TLS_CLIENT_CACERT_FILE: layout.tlsRootCertificate(member.memberId),
      CORE_CHAINCODE_LOGGING_LEVEL: "WARNING",
    },
    logFile: layout.logFile(name),
  };
}

export function nodeProcess(layout: Layout, network: Network, member: NetworkMember): ProcessSpec {
  const { memberId, ports } = member;
  const intake = layout.keyPair(memberId, "intake-tls");
  const name = `node-${memberId}`;
  const config = {
    memberId,
    dataDir: join(layout.member(memberId), "node"),
    genesisFile: layout.genesisFile,
    identityKeyFile: layout.identityKey(memberId),
    ledger: { ...ledgerAccess(layout, network, member, "node"), endorsers: endorsersOf(network) },
    gossip: { host: loopback, port: ports.gossip },
    intake: {
      host: loopback,
      port: ports.intake,
      certificateFile: intake.certificateFile,
      keyFile: intake.keyFile,
      clientRootFiles: [layout.rootCertificate(memberId)],
    },
    console: { host: loopback, port: ports.console },
    officer: layout.keyPair(memberId, "officer"),
    tips: { host: loopback, port: ports.tips },
  };
  return configured(layout, name, "@comity/node", nodeHeap, config);
}

export function gatewayProcess(layout: Layout, network: Network): ProcessSpec {
  const [host] = network.members;
  if (host === undefined) throw new TypeError("a coalition has members");
  const config = {
    host: loopback,
    port: network.gatewayPort,
    ledger: ledgerAccess(layout, network, host, "gateway"),
    nodes: network.members.map(({ memberId, ports }) => ({
      memberId,
      consoleUrl: consoleUrl(ports.console),
    })),
    genesisFile: layout.genesisFile,
    dataDir: layout.gateway,
    tips: {
      memberId: host.memberId,
      nodeUrl: consoleUrl(host.ports.tips),
      ...gatewayReceiptKey(layout, parseNetworkId(network.genesis), host.memberId),
    },
  };
  return configured(layout, "gateway", "@comity/gateway", smallHeap, config);
}

export function consoleUrl(port: number): string {
  return `http://${loopback}:${port}`;
}

/** The member's own endorser first, the others' in case it is down. */
export function ledgerEndpoints(layout: Layout, network: Network, first: NetworkMember) {
  const others = network.members.filter(({ memberId }) => memberId !== first.memberId);
  return [first, ...others].map((member) => ledgerEndpoint(layout, member));
}

export function ledgerEndpoint(layout: Layout, { memberId, ports }: NetworkMember) {
  return { address: `${loopback}:${ports.ledger}`, tlsRootFile: layout.tlsRootCertificate(memberId) };
}

/** All members: a quorum of them must endorse. */
export function endorsersOf({ members }: Network): string[] {
  return members.map(({ mspId }) => mspId);
}

function ledgerAccess(layout: Layout, network: Network, member: NetworkMember, identity: IdentityName) {
  const endpoints = ledgerEndpoints(layout, network, member);
  return { channel, chaincode, endpoints, mspId: member.mspId, ...layout.keyPair(member.memberId, identity) };
}

/** Tells a program of the surety's own how to reach the ledger; ports are the same at every start, the directory may have moved. */
export function writeSuretyAccess(
  layout: Layout,
  network: Network,
  { suretyId, mspId }: NetworkSurety,
): void {
  const [first] = network.members;
  if (first === undefined) throw new TypeError("a coalition has members");
  const endpoints = ledgerEndpoints(layout, network, first);
  const access = { channel, chaincode, endpoints, mspId, ...layout.suretyKeyPair(suretyId) };
  writeFileSync(layout.suretyAccess(suretyId), `${JSON.stringify(access, undefined, 2)}\n`, { mode: 0o600 });
}

/** A process of ours: the package's program, with the name of its configuration. */
export function configured(
  layout: Layout,
  name: string,
  packageName: string,
  nodeFlags: readonly string[],
  config: unknown,
): ProcessSpec {
  const file = layout.configFile(name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 });
  const { script, env } = programOf(packageName);
  return { name, ...nodeProgram(script, [file], nodeFlags), env, logFile: layout.logFile(name) };
}

export function programOf(packageName: string): {
  readonly script: string;
  readonly env: Record<string, string>;
} {
  const script = fileURLToPath(import.meta.resolve(`${packageName}/program`));
  return { script, env: compileCache(script) };
}

/** What Node kept of compiling the program, where the build left that. */
function compileCache(script: string): Record<string, string> {
  return { NODE_COMPILE_CACHE: join(dirname(script), "cache") };
}
