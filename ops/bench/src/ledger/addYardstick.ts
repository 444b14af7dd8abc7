import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import {
  type Coalition,
  connectAs,
  localFabric,
  loopback,
  type NetworkMember,
  nodeProgram,
  until,
} from "@comity/cli";
import { addressName, chaincodeName, type ChaincodePackage, packageProgram } from "@comity/fabric";
import { type LedgerClient, LedgerError } from "@comity/ledger";
import type { YardstickSettings } from "./yardstick.ts";

const name = "yardstick";
const program = fileURLToPath(new URL("./yardstick.js", import.meta.url));
const readyTimeoutMs = 30_000;

/** Puts the yardstick's chaincode beside the coalition's own, with a server at every member. @returns a client of it */
export async function addYardstick(coalition: Coalition): Promise<LedgerClient> {
  const { layout, network } = coalition;
  const chaincode = await packageProgram(program, { version: 1, genesis: network.genesis }, name);
  for (const member of network.members) startServer(coalition, member, chaincode);
  await (network.ledger === "fabric" ? deployOnFabric : addToEmbedded)(coalition, chaincode);
  const [first] = network.members;
  if (first === undefined) throw new TypeError("a coalition has members");
  const client = connectAs(layout, network, first, layout.keyPair(first.memberId, "officer"), name);
  const isServed = async (): Promise<true | undefined> => {
    try {
      await client.submit("put", "ready", "yes");
      return true;
    } catch (error) {
      if (error instanceof LedgerError) return undefined;
      throw error;
    }
  };
  const wait = { what: "the yardstick is not served", timeoutMs: readyTimeoutMs, signal: never };
  await until(isServed, wait, { now: Date.now, sleep: (ms) => pause(ms) });
  return client;
}

const never = new AbortController().signal;

/** No node runs here, so that the port on which it would take evidence in is free. */
function portOf({ ports }: NetworkMember): number {
  return ports.intake;
}

function startServer(coalition: Coalition, member: NetworkMember, { id }: ChaincodePackage): void {
  const { layout } = coalition;
  const settings: YardstickSettings = {
    address: `${loopback}:${portOf(member)}`,
    ccid: id,
    ...layout.keyPair(member.memberId, "chaincode-tls"),
    clientRootFile: layout.tlsRootCertificate(member.memberId),
  };
  coalition.start({
    name: `${name}-${member.memberId}`,
    ...nodeProgram(program, [JSON.stringify(settings)], ["--max-semi-space-size=2"]),
    env: { CORE_PEER_LOCALMSPID: member.mspId, CORE_CHAINCODE_LOGGING_LEVEL: "WARNING" },
    logFile: layout.logFile(`${name}-${member.memberId}`),
  });
}

async function deployOnFabric({ layout, network }: Coalition, chaincode: ChaincodePackage): Promise<void> {
  const { FABRIC_BIN, PATH } = process.env;
  const fabric = await localFabric(layout, { FABRIC_BIN, PATH });
  const portsOf = new Map(network.members.map((member) => [member.memberId as string, member]));
  await fabric.connect(({ memberId }) => {
    const member = portsOf.get(memberId);
    if (member === undefined) throw new RangeError(`there is no member ${memberId}`);
    return new Map([
      [addressName(chaincodeName, 1), `${loopback}:${member.ports.chaincode}`],
      [addressName(name, 1), `${loopback}:${portOf(member)}`],
    ]);
  });
  await fabric.deploy({ package: chaincode, sequence: 1 });
}

/** By its configuration, as whoever runs it would. */
async function addToEmbedded(coalition: Coalition): Promise<void> {
  const { layout, network } = coalition;
  const file = layout.configFile("ledger");
  const config = JSON.parse(readFileSync(file, "utf8")) as object;
  const processes = network.members.map((member) => {
    const client = layout.keyPair(member.memberId, "peer-tls");
    return {
      ...{ mspId: member.mspId, host: loopback, port: portOf(member) },
      tlsRootFile: layout.tlsRootCertificate(member.memberId),
      clientCertificateFile: client.certificateFile,
      clientKeyFile: client.keyFile,
    };
  });
  writeFileSync(file, JSON.stringify({ ...config, otherChaincodes: [{ name, processes }] }));
  await coalition.restart("ledger");
}
