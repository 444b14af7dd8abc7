import { setTimeout as pause } from "node:timers/promises";
import { localFabric, loopback, nativeProgram, until } from "@comity/cli";
import { addressName } from "@comity/fabric";
import type { Engine, MakeEngine } from "./engine.ts";
import { portNames, probe, second } from "./names.ts";

const { FABRIC_BIN, PATH } = process.env;

/** A real network: four orderers, four peers. */
export const fabricEngine: MakeEngine = async (layout, network, chaincodes) => {
  const memberOf = new Map(network.members.map((member) => [member.memberId as string, member]));
  const fabric = await localFabric(layout, { FABRIC_BIN, PATH }, ({ memberId }) => {
    const ports = memberOf.get(memberId)?.ports;
    const addressOf = (name: typeof probe | typeof second) =>
      [addressName(name, 1), `${loopback}:${ports?.[portNames[name]] ?? 0}`] as const;
    return new Map([addressOf(probe), addressOf(second)]);
  });
  await fabric.write();
  const processes = fabric.processes().map(({ name, command, args, env }) => ({
    ...{ name, ...nativeProgram(command, args), env, logFile: layout.logFile(name) },
  }));
  const engine: Engine = {
    name: "fabric",
    processes,
    prepare: async (signal) => {
      const areWell = async (): Promise<true | undefined> =>
        (await fabric.health(signal)).every(({ isWell }) => isWell) ? true : undefined;
      const sleep = (ms: number): Promise<void> => pause(ms, undefined, { signal });
      const what = `not all orderers and peers are well; their logs are in ${layout.logFile("…")}`;
      await until(areWell, { what, timeoutMs: 60_000, signal }, { now: Date.now, sleep });
      await fabric.join(...chaincodes);
    },
    gatewayProcess: (memberId) => `peer-${memberId}`,
  };
  return engine;
};
