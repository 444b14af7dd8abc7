import { readFile } from "node:fs/promises";
import process from "node:process";
import { ConfigError, parseConfig } from "./config.ts";
import { startEmbeddedLedger } from "./embeddedLedger.ts";
import type { LogFields, Logger } from "./logger.ts";
import { embeddedMark } from "./store/block.ts";
import { messageOf } from "./wire/decode.ts";

function write(level: string, message: string, fields: LogFields = {}): void {
  process.stderr.write(`${JSON.stringify({ level, message, ...fields })}\n`);
}

const log: Logger = {
  info: (message, fields) => write("info", message, fields),
  warn: (message, fields) => write("warn", message, fields),
};

function die(error: unknown): never {
  write("error", messageOf(error));
  process.exit(1);
}

async function readConfig(): Promise<unknown> {
  const [file, ...more] = process.argv.slice(2);
  if (file === undefined || more.length > 0) throw new Error("usage: main.js CONFIG.json");
  const text = await readFile(file, "utf8");
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConfigError([`${file} is not JSON: ${messageOf(cause)}`]);
  }
}

async function main(): Promise<void> {
  const config = parseConfig(await readConfig());
  write("warn", embeddedMark, { faultTolerance: "none", keys: "one operator holds all of them" });
  const ledger = await startEmbeddedLedger(config, { now: () => Date.now(), log, onFatal: die });
  const stop = (): void => {
    ledger.stop().then(() => process.exit(0), die);
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  const ready = { event: "ready", gateways: ledger.gateways, height: ledger.height() };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

main().catch(die);
