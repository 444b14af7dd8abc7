import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import autocannon from "autocannon";
import { median } from "./figures.ts";

const rounds = 3;
const load = { connections: 10, duration: 4 };

/** Requests per second of a URL, as a ratio to a bare Fastify route that returns the same bytes: median of rounds that take turns. */
export async function ratioToBareRoute(url: string, folder: string): Promise<number> {
  const bytes = new Uint8Array(await (await answerOf(url)).arrayBuffer());
  const file = join(folder, "answer");
  writeFileSync(file, bytes);
  const bare = spawn(process.execPath, [fileURLToPath(new URL("bareRoute.js", import.meta.url)), file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [bareUrl] = (await once(createInterface({ input: bare.stdout }), "line")) as [string];
    const ratios: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const yardstick = await requestsPerSecond(bareUrl);
      ratios.push((await requestsPerSecond(url)) / yardstick);
    }
    return median(ratios);
  } finally {
    bare.kill();
  }
}

async function answerOf(url: string): Promise<Response> {
  const answer = await fetch(url);
  if (answer.status !== 200) throw new Error(`${url} answers ${answer.status}`);
  return answer;
}

async function requestsPerSecond(url: string): Promise<number> {
  const { non2xx, errors, requests } = await autocannon({ url, ...load });
  if (non2xx + errors > 0) throw new Error(`${url} failed ${non2xx + errors} times`);
  return requests.average;
}
