import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { type Layout, loopback, type Network, type NetworkMember, nodeProgram } from "@comity/cli";
import type { Engine, MakeEngine } from "./engine.ts";
import { channel, probe } from "./names.ts";

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
  return {
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

function memberOf(layout: Layout, { memberId, mspId, ports }: NetworkMember) {
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
