import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseNetworkId, quorumOf } from "@comity/protocol";
import type { ProcessSpec } from "./child.ts";
import { loopback } from "./freePorts.ts";
import type { IdentityName, Layout } from "./layout.ts";
import { gatewayReceiptKey } from "./memberIdentity.ts";
import { channel, chaincode, type Network, type NetworkMember, type NetworkSurety } from "./networkFile.ts";

/** Small heaps: a coalition of four is a dozen processes on one machine. */
const smallHeap = ["--max-semi-space-size=2", "--max-old-space-size=128"];
const nodeHeap = ["--max-semi-space-size=4", "--max-old-space-size=256"];

export function ledgerProcess(layout: Layout, network: Network): ProcessSpec {
  // All endorsers share this machine, so each may take longer than Fabric's default of a few seconds. Clients wait 15 s.
  const executeTimeoutMs = Math.min(network.members.length * 1_500, 12_000);
  const config = {
    channel,
    chaincodeName: chaincode,
    mode: "evaluation",
    dataDir: layout.ledger,
    quorum: quorumOf(network.members.length),
    gateways: network.members.map(({ memberId, mspId, ports }) => {
      const tls = layout.keyPair(memberId, "peer-tls");
      const files = { tlsCertificateFile: tls.certificateFile, tlsKeyFile: tls.keyFile };
      return { mspId, host: loopback, port: ports.ledger, ...files };
    }),
    members: network.members.map((member) => ledgerMember(layout, member)),
    otherMsps: network.sureties.map(({ suretyId, mspId }) => {
      return { mspId, rootCertificateFile: layout.suretyRootCertificate(suretyId) };
    }),
    executeTimeoutMs,
    endorsementTimeoutMs: executeTimeoutMs + 2_000,
  };
  return configured(layout, "ledger", "@comity/embedded", smallHeap, config);
}

function ledgerMember(layout: Layout, { memberId, mspId, ports }: NetworkMember) {
  const peer = layout.keyPair(memberId, "peer");
  const client = layout.keyPair(memberId, "peer-tls");
  return {
    mspId,
    rootCertificateFile: layout.rootCertificate(memberId),
    signingCertificateFile: peer.certificateFile,
    signingKeyFile: peer.keyFile,
    chaincode: {
      host: loopback,
      port: ports.chaincode,
      tlsRootFile: layout.tlsRootCertificate(memberId),
      clientCertificateFile: client.certificateFile,
      clientKeyFile: client.keyFile,
    },
  };
}

/** As a member runs it beside a real peer. */
export function chaincodeProcess(layout: Layout, network: Network, member: NetworkMember): ProcessSpec {
  const name = `chaincode-${member.memberId}`;
  const tls = layout.keyPair(member.memberId, "chaincode-tls");
  const program = programOf("@comity/chaincode");
  return {
    ...{ name, nodeFlags: smallHeap, script: program.script, args: [] },
    env: {
      ...program.env,
      CORE_PEER_LOCALMSPID: member.mspId,
      COMITY_GENESIS: network.genesis,
      CHAINCODE_ID: `${chaincode}:1`,
      CHAINCODE_SERVER_ADDRESS: `${loopback}:${member.ports.chaincode}`,
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
    ledger: ledgerAccess(layout, network, member, "node"),
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
  return [first, ...others].map(({ memberId, ports }) => ({
    address: `${loopback}:${ports.ledger}`,
    tlsRootFile: layout.tlsRootCertificate(memberId),
  }));
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
  return { name, nodeFlags, ...programOf(packageName), args: [file], logFile: layout.logFile(name) };
}

/** With what Node kept of compiling it, where the build left that. */
function programOf(packageName: string): Pick<ProcessSpec, "script" | "env"> {
  const script = fileURLToPath(import.meta.resolve(`${packageName}/program`));
  return { script, env: { NODE_COMPILE_CACHE: join(dirname(script), "cache") } };
}
