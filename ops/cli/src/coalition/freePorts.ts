import { randomInt } from "node:crypto";
import { createServer, type Server } from "node:net";

export const loopback = "127.0.0.1";

/** Below the ports that systems give to connections going out: one of those could hold a port whose process is away for a moment. */
const lowest = 10_240;
const above = 32_768;
const attempts = 100;

/** Neighbouring ports that were free a moment ago. Somewhere at random, so that two who look at once find others. */
export async function freePorts(count: number): Promise<number[]> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const first = randomInt(lowest, above - count);
    const ports = Array.from({ length: count }, (_, offset) => first + offset);
    if (await areFree(ports)) return ports;
  }
  throw new Error(`no ${count} neighbouring ports between ${lowest} and ${above} are free`);
}

async function areFree(ports: readonly number[]): Promise<boolean> {
  const servers = await Promise.allSettled(ports.map(listen));
  const held = servers.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  return held.length === ports.length;
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(port, loopback, () => resolve(server));
  });
}
