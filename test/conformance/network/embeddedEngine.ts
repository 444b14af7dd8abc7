import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { type Layout, loopback, type Network, type NetworkMember, nodeProgram } from "@comity/cli";
import type { Engine, MakeEngine } from "./engine.ts";
import { channel, collection, portNames, probe, second } from "./names.ts";

/** As Fabric's peers are set up by @comity/fabric, but for more patience: other tests share the machine. */
const times = { executeTimeoutMs: 4_000, endorsementTimeoutMs: 6_000, blockMs: 50, timeWindowMs: 60_000 };

/** The embedded ledger as a process of its own. */
export const embeddedEngine: MakeEngine = (layout, network) => {
  const file = layout.configFile("ledger");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(configOf(layout, network)), { mode: 0o600 });
  const script = fileURLToPath(import.meta.resolve("@comity/embedded/program"));
  const ledger = {
    name: "ledger",
    ...nodeProgram(script, [file]),
    env: {},
    logFile: layout.logFile("ledger"),
  };
  const engine: Engine = {
    name: "embedded",
    processes: [ledger],
    prepare: () => Promise.resolve(),
    gatewayProcess: () => "ledger",
  };
  return Promise.resolve(engine);
};

function configOf(layout: Layout, { members, sureties }: Network) {
  const collections = [
    {
      name: collection,
      members: members.map(({ mspId }) => mspId),
      memberOnlyRead: true,
      memberOnlyWrite: true,
      blockToLive: 0,
    },
  ];
  const ofSecond = members.map((member) => ({
    mspId: member.mspId,
    ...chaincodeOf(layout, member, portNames[second]),
  }));
  return {
    collections,
    otherChaincodes: [{ name: second, collections, processes: ofSecond }],
    ...{ channel, chaincodeName: probe, mode: "evaluation", dataDir: layout.ledger, quorum: 3, ...times },
    gateways: members.map(({ memberId, mspId, ports }) => {
      const tls = layout.keyPair(memberId, "peer-tls");
      const files = { tlsCertificateFile: tls.certificateFile, tlsKeyFile: tls.keyFile };
      return { mspId, host: loopback, port: ports.ledger, ...files };
    }),
    members: members.map((member) => memberOf(layout, member)),
    otherMsps: sureties.map(({ suretyId, mspId }) => {
      return { mspId, rootCertificateFile: layout.suretyRootCertificate(suretyId) };
    }),
  };
}

function memberOf(layout: Layout, member: NetworkMember) {
  const { memberId, mspId } = member;
  const peer = layout.keyPair(memberId, "peer");
  return {
    mspId,
    rootCertificateFile: layout.rootCertificate(memberId),
    signingCertificateFile: peer.certificateFile,
    signingKeyFile: peer.keyFile,
    chaincode: chaincodeOf(layout, member, portNames[probe]),
  };
}

function chaincodeOf(layout: Layout, { memberId, ports }: NetworkMember, port: "chaincode" | "intake") {
  const client = layout.keyPair(memberId, "peer-tls");
  return {
    host: loopback,
    port: ports[port],
    tlsRootFile: layout.tlsRootCertificate(memberId),
    clientCertificateFile: client.certificateFile,
    clientKeyFile: client.keyFile,
  };
}
