import { setTimeout as pause } from "node:timers/promises";
import { healthy, localFabric, loopback, nativeProgram } from "@comity/cli";
import { addressName } from "@comity/fabric";
import type { Engine, MakeEngine } from "./engine.ts";
import { portNames, probe, second } from "./names.ts";

const { FABRIC_BIN, PATH } = process.env;

/** A real network: four orderers, four peers. */
export const fabricEngine: MakeEngine = async (layout, network, chaincodes) => {
  const memberOf = new Map(network.members.map((member) => [member.memberId as string, member]));
  const fabric = await localFabric(layout, { FABRIC_BIN, PATH });
  await fabric.write();
  await fabric.connect(({ memberId }) => {
    const ports = memberOf.get(memberId)?.ports;
    const addressOf = (name: typeof probe | typeof second) =>
      [addressName(name, 1), `${loopback}:${ports?.[portNames[name]] ?? 0}`] as const;
    return new Map([addressOf(probe), addressOf(second)]);
  });
  const processes = fabric.processes().map(({ name, command, args, env }) => ({
    ...{ name, ...nativeProgram(command, args), env, logFile: layout.logFile(name) },
  }));
  const engine: Engine = {
    name: "fabric",
    processes,
    prepare: async (signal) => {
      const sleep = (ms: number): Promise<void> => pause(ms, undefined, { signal });
      await healthy(fabric, signal, { now: Date.now, sleep });
      await fabric.join();
      for (const chaincode of chaincodes) await fabric.deploy({ package: chaincode, sequence: 1 });
    },
    gatewayProcess: (memberId) => `peer-${memberId}`,
  };
  return engine;
};
