import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Topology, TopologyMember } from "../topology.ts";
import { dataIn, type MemberHome, mspIn, snapshotsOf } from "./home.ts";
import type { MemberMaterial } from "./material.ts";

/** The environment variable in which the peer hands `MemberHome.chaincodeConnection` to the builder. */
export const builderVariable = "COMITY_CHAINCODE_CONNECTION";

/**
 * Fabric's gateway pings the peers and orderers that it is connected to every ten seconds, whatever it is told; at the default of a minute they end the
 * connection for that ("too_many_pings").
 */
export const gatewayPing = "5s";

/** Found by the package's name, since programs are bundled. */
const builder = join(dirname(fileURLToPath(import.meta.resolve("@comity/fabric/package.json"))), "builder");

/** Where the peer listens, and what its administrator's commands connect to. */
export function peerAddress({ host, ports }: Pick<TopologyMember, "host" | "ports">): string {
  return `${host}:${ports.peer}`;
}

/**
 * A peer's `core.yaml`. What is left out has a default in Fabric's code; what is here has none, or another than we want.
 * Source: Fabric v3.1, sampleconfig/core.yaml.
 */
export function peerConfig(
  { channel }: Topology,
  member: TopologyMember,
  home: MemberHome,
  material: MemberMaterial,
) {
  const address = peerAddress(member);
  const data = dataIn(home.peer);
  const { certificateFile, keyFile } = material.peerTls;
  return {
    peer: {
      id: `peer.${member.memberId}`,
      networkId: channel,
      listenAddress: address,
      address,
      chaincodeListenAddress: "127.0.0.1:0", // all chaincode is a service that the peer dials
      localMspId: member.mspId,
      localMspType: "bccsp",
      mspConfigPath: mspIn(home.peer),
      fileSystemPath: data,
      BCCSP: { Default: "SW", SW: { Hash: "SHA2", Security: 256 } },
      tls: {
        enabled: true,
        cert: { file: certificateFile },
        key: { file: keyFile },
        rootcert: { file: material.tlsRootCertificateFile },
        clientRootCAs: { files: [material.tlsRootCertificateFile] },
      },
      // The client's claim of the time is the ledger's; so much may it be off.
      authentication: { timewindow: "60s" },
      // A chaincode server that hangs is given up before the gateway gives up the endorsement and asks another member's.
      gateway: { enabled: true, endorsementTimeout: "3s", broadcastTimeout: "30s", dialTimeout: "2m" },
      gossip: {
        // A member has one peer; others' are found by the channel's anchors, after a restart without waiting for the default of 25 s.
        bootstrap: address,
        endpoint: address,
        externalEndpoint: address,
        reconnectInterval: "2s",
        orgLeader: true,
        useLeaderElection: false,
        state: { enabled: false },
        pvtData: {
          pullRetryThreshold: "60s",
          transientstoreMaxBlockRetention: 20_000,
          pushAckTimeout: "3s",
          btlPullMargin: 10,
          reconcileBatchSize: 10,
          reconcileSleepInterval: "1m",
          reconciliationEnabled: true,
          implicitCollectionDisseminationPolicy: { requiredPeerCount: 0, maxPeerCount: 1 },
        },
      },
      keepalive: {
        interval: "7200s",
        timeout: "20s",
        minInterval: gatewayPing,
        client: { interval: "60s", timeout: "20s" },
        deliveryClient: { interval: "60s", timeout: "20s" },
      },
      client: { connTimeout: "3s" },
      deliveryclient: {
        reconnectTotalTimeThreshold: "3600s",
        connTimeout: "3s",
        reConnectBackoffThreshold: "10s",
        policy: "cluster",
      },
      handlers: {
        authFilters: ["DefaultAuth", "ExpirationCheck", "TimeWindowCheck"].map((name) => ({ name })),
        decorators: [{ name: "DefaultDecorator" }],
        endorsers: { escc: { name: "DefaultEndorsement" } },
        validators: { vscc: { name: "DefaultValidation" } },
      },
      discovery: {
        enabled: true,
        authCacheEnabled: true,
        authCacheMaxSize: 1000,
        authCachePurgeRetentionRatio: 0.75,
        orgMembersAllowedAccess: false,
      },
      limits: { concurrency: { endorserService: 2500, deliverService: 2500, gatewayService: 500 } },
    },
    vm: { endpoint: "" }, // no Docker
    chaincode: {
      mode: "net",
      keepalive: 0,
      installTimeout: "300s",
      startuptimeout: "300s",
      executetimeout: "2s",
      externalBuilders: [{ name: "ccaas", path: builder, propagateEnvironment: [builderVariable] }],
      logging: { level: "warning", shim: "warning" },
      system: { _lifecycle: "enable", cscc: "enable", lscc: "enable", qscc: "enable" },
    },
    ledger: {
      state: { stateDatabase: "goleveldb", totalQueryLimit: 100_000 },
      history: { enableHistoryDatabase: true },
      pvtdataStore: {
        collElgProcMaxDbBatchSize: 5000,
        collElgProcDbBatchesInterval: 1000,
        deprioritizedDataReconcilerInterval: "60m",
        purgeInterval: 100,
        purgedKeyAuditLogging: true,
      },
      snapshots: { rootDir: snapshotsOf(home) },
    },
    operations: { listenAddress: `127.0.0.1:${member.ports.peerOperations}`, tls: { enabled: false } },
    metrics: { provider: "prometheus" },
  };
}
