import type { Topology, TopologyMember, TopologyObserver } from "../topology.ts";
import { allAdmins, any, anyOf, quorum } from "./policies.ts";

export const profile = "Comity";

/** Where an organisation's public MSP folder lies. */
export type MspDirOf = (mspId: string) => string;

/** What configtxgen makes the channel's first block of: an object that is to be written as `configtx.yaml` (JSON is YAML). */
export function configtx(topology: Topology, mspDirOf: MspDirOf) {
  const { members, observers } = topology;
  const ordering = members.map((member) => orderingOrganisation(member, mspDirOf));
  const applications = members.map((member) => memberOrganisation(member, mspDirOf));
  return {
    Profiles: {
      [profile]: {
        Policies: { Readers: any("Readers"), Writers: any("Writers"), Admins: allAdmins },
        Capabilities: { V3_0: true },
        Orderer: {
          ...orderer,
          ...ordererPolicies(topology),
          Organizations: ordering,
          ...consenters(topology),
        },
        Application: {
          Capabilities: { V2_5: true },
          Policies: {
            Readers: any("Readers"),
            Writers: any("Writers"),
            Admins: quorum(topology, "admin"),
            Endorsement: quorum(topology, "peer"),
            LifecycleEndorsement: quorum(topology, "peer"),
          },
          Organizations: [...applications, ...observers.map((each) => observerOrganisation(each, mspDirOf))],
        },
      },
    },
  };
}

/**
 * SmartBFT with a leader until it fails. Of the two times for batches it obeys `RequestBatchMaxInterval` alone. A leader that is silent for five
 * seconds, or sits on a request for seven, is replaced.
 */
const orderer = {
  OrdererType: "BFT",
  BatchTimeout: "200ms",
  BatchSize: { MaxMessageCount: 100, AbsoluteMaxBytes: "10 MB", PreferredMaxBytes: "2 MB" },
  Capabilities: { V2_0: true },
  SmartBFT: {
    RequestBatchMaxInterval: "200ms",
    RequestForwardTimeout: "2s",
    RequestComplainTimeout: "5s",
    RequestAutoRemoveTimeout: "3m0s",
    ViewChangeResendInterval: "2s",
    ViewChangeTimeout: "10s",
    LeaderHeartbeatTimeout: "5s",
    LeaderHeartbeatCount: 10,
    CollectTimeout: "1s",
    IncomingMessageBufferSize: 200,
    RequestPoolSize: 100_000,
  },
};

function ordererPolicies(topology: Topology) {
  return {
    Policies: {
      Readers: any("Readers"),
      Writers: any("Writers"),
      Admins: quorum(topology, "admin"),
      // configtxgen asks for it and replaces it by a quorum of the consenters.
      BlockValidation: any("Writers"),
    },
  };
}

function consenters({ members }: Topology) {
  return {
    ConsenterMapping: members.map((member) => ({
      ID: member.consenterId,
      Host: member.host,
      Port: member.ports.orderer,
      MSPID: member.mspId,
      Identity: member.ordererCertificateFile,
      ClientTLSCert: member.ordererTlsCertificateFile,
      ServerTLSCert: member.ordererTlsCertificateFile,
    })),
  };
}

function orderingOrganisation({ mspId, host, ports }: TopologyMember, mspDirOf: MspDirOf) {
  return {
    ...organisation(mspId, mspDirOf),
    Policies: {
      Readers: anyOf(mspId, "member"),
      Writers: anyOf(mspId, "member"),
      Admins: anyOf(mspId, "admin"),
    },
    OrdererEndpoints: [`${host}:${ports.orderer}`],
  };
}

function memberOrganisation({ mspId, host, ports }: TopologyMember, mspDirOf: MspDirOf) {
  return {
    ...organisation(mspId, mspDirOf),
    Policies: {
      Readers: anyOf(mspId, "admin", "peer", "client"),
      Writers: anyOf(mspId, "admin", "client"),
      Admins: anyOf(mspId, "admin"),
      Endorsement: anyOf(mspId, "peer"),
    },
    AnchorPeers: [{ Host: host, Port: ports.peer }],
  };
}

/** Reads and writes; no policy of the channel counts it. */
function observerOrganisation({ mspId }: TopologyObserver, mspDirOf: MspDirOf) {
  return {
    ...organisation(mspId, mspDirOf),
    Policies: {
      Readers: anyOf(mspId, "admin", "client"),
      Writers: anyOf(mspId, "admin", "client"),
      Admins: anyOf(mspId, "admin"),
    },
  };
}

function organisation(mspId: string, mspDirOf: MspDirOf) {
  return { Name: mspId, ID: mspId, MSPDir: mspDirOf(mspId) };
}
