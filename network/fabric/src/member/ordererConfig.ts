import { join } from "node:path";
import type { TopologyMember } from "../topology.ts";
import { dataIn, type MemberHome, mspIn } from "./home.ts";
import type { MemberMaterial } from "./material.ts";
import { gatewayPing } from "./peerConfig.ts";

/** An orderer's `orderer.yaml`. Source: Fabric v3.1, sampleconfig/orderer.yaml. */
export function ordererConfig(
  { mspId, host, ports }: TopologyMember,
  home: MemberHome,
  material: MemberMaterial,
) {
  const data = dataIn(home.orderer);
  const tls = {
    Enabled: true,
    PrivateKey: material.ordererTls.keyFile,
    Certificate: material.ordererTls.certificateFile,
  };
  const roots = [material.tlsRootCertificateFile];
  return {
    General: {
      ListenAddress: host,
      ListenPort: ports.orderer,
      TLS: { ...tls, RootCAs: roots },
      Keepalive: { ServerMinInterval: gatewayPing, ServerInterval: "7200s", ServerTimeout: "20s" },
      Backoff: { BaseDelay: "1s", Multiplier: 1.6, MaxDelay: "2m" },
      // A block from another orderer counts only with a quorum's signatures.
      Cluster: { ReplicationPolicy: "consensus" },
      BootstrapMethod: "none",
      LocalMSPDir: mspIn(home.orderer),
      LocalMSPID: mspId,
      BCCSP: { Default: "SW", SW: { Hash: "SHA2", Security: 256 } },
      Authentication: { TimeWindow: "60s" },
    },
    FileLedger: { Location: data },
    Operations: { ListenAddress: `127.0.0.1:${ports.ordererOperations}`, TLS: { Enabled: false } },
    Metrics: { Provider: "prometheus" },
    // Whoever reaches this may take the orderer out of the channel: the member's own TLS certificates only.
    Admin: {
      ListenAddress: `${host}:${ports.ordererAdmin}`,
      TLS: { ...tls, ClientAuthRequired: true, ClientRootCAs: roots },
    },
    ChannelParticipation: { Enabled: true, MaxRequestBodySize: "1 MB" },
    Consensus: { WALDir: join(data, "wal"), SnapDir: join(data, "snap") },
  };
}
