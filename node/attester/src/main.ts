import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { startAttester } from "./attester.ts";
import { parseConfig } from "./config.ts";

async function main(): Promise<void> {
  const [path] = process.argv.slice(2);
  if (path === undefined) throw new Error("say which configuration: node main.js CONFIG.json");
  const attester = await startAttester(parseConfig(readFileSync(path, "utf8")), {
    clock: { now: () => Date.now(), sleep: (ms, signal) => setTimeout(ms, undefined, { signal }) },
    random: () => Math.random(),
    emit: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => void attester.stop().catch(() => undefined));
  }
  await attester.done;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
