import { collectionName } from "@comity/fabric";
import { quorumOf } from "@comity/protocol";
import { loopback } from "./freePorts.ts";
import type { Layout } from "./layout.ts";
import type { LedgerEngine } from "./ledgerEngine.ts";
import { channel, chaincode, type Network, type NetworkMember } from "./networkFile.ts";
import { chaincodeProcess, configured, endorsersOf } from "./processes.ts";
import type { ProcessSpec } from "./processSpec.ts";
import { prepareRelease } from "./release.ts";

/** The chaincode is always the one that this project was built to: nobody votes on a version. */
export async function embeddedEngine(
  layout: Layout,
  network: Network,
  programFile: string,
): Promise<LedgerEngine> {
  const portOf = ({ ports }: NetworkMember): number => ports.chaincode;
  const release = await prepareRelease(layout, network.genesis, {
    version: 1,
    sequence: 1,
    programFile,
    portOf,
  });
  const servers = network.members.map((member) => chaincodeProcess(layout, member, release));
  // It founds itself, and its gateways refuse until then: whoever sends a transaction asks again.
  return { processes: [ledgerProcess(layout, network), ...servers], prepare: () => Promise.resolve() };
}

/** All members' endorsers and orderers in one process: with less room for what lives shortly it spends an eighth of its time on collecting it. */
const ledgerHeap = ["--max-semi-space-size=8", "--max-old-space-size=128"];

function ledgerProcess(layout: Layout, network: Network): ProcessSpec {
  // All endorsers share this machine, so each may take longer than Fabric's default of a few seconds. Clients wait 15 s.
  const executeTimeoutMs = Math.min(network.members.length * 1_500, 12_000);
  const config = {
    channel,
    chaincodeName: chaincode,
    collections: [
      {
        ...{ name: collectionName, members: endorsersOf(network) },
        ...{ memberOnlyRead: true, memberOnlyWrite: true },
      },
    ],
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
  return configured(layout, "ledger", "@comity/embedded", ledgerHeap, config);
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
