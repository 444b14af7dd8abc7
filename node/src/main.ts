#!/usr/bin/env node
import { readFile } from "node:fs/promises";
import process from "node:process";
import { DomainError } from "@comity/protocol";
import { parseConfig } from "./config.ts";
import { startNode } from "./node.ts";
import { createLog } from "./telemetry/log.ts";
import type { NodeEvent } from "./telemetry/events.ts";

/** A stop that takes longer has hung. */
const STOP_MS = 10_000;

/** Standard output carries events, one line of JSON each; logs go to standard error. */
function emit(event: NodeEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

function fail(error: unknown): never {
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(error instanceof DomainError ? `${String(error.code)}: ${text}\n` : `${text}\n`);
  process.exit(1);
}

async function main(path: string | undefined): Promise<void> {
  if (path === undefined) throw new Error("usage: node main.js CONFIG.json");
  const config = parseConfig(await readFile(path, "utf8"));
  const log = createLog(config.logLevel, config.memberId);
  const fatal = (error: Error) => {
    log.error("the node stops: what must always hold does not", { error });
    fail(error);
  };
  const node = await startNode(config, { log, emit, fatal });
  const stop = () => {
    setTimeout(() => fail(new Error("the node did not stop in time")), STOP_MS).unref();
    node.stop().then(() => process.exit(0), fail);
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  const { ports, peerId, addresses } = node;
  emit({ event: "ready", memberId: config.memberId, ports, peerId, addresses });
}

// Whoever read the events has gone; the node goes on.
process.stdout.on("error", () => undefined);
main(process.argv[2]).catch(fail);
