import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import type { ProcessSpec } from "./processSpec.ts";

/** What a process prints about itself: one JSON object a line, with its name under `event`. */
export type ProcessEvent = Readonly<Record<string, unknown>> & { readonly event: string };

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One run of one process, from spawn to exit. It inherits no environment. */
export class Child {
  readonly exited: Promise<Exit>;
  readonly #process: ChildProcess;

  constructor(spec: ProcessSpec, onEvent: (event: ProcessEvent) => void) {
    mkdirSync(dirname(spec.logFile), { recursive: true });
    const log = openSync(spec.logFile, "a", 0o600);
    this.#process = spawn(spec.command, spec.args, {
      env: spec.env,
      // Its own process group: Ctrl-C in a terminal is for the supervisor, which then ends the others in order.
      detached: true,
      // A program of Node's notices by the channel that we are gone.
      stdio: ["ignore", "pipe", log, "ipc"],
    });
    this.exited = new Promise((resolve) => {
      this.#process.once("error", () => resolve({ code: 1, signal: null }));
      this.#process.once("exit", (code, signal) => resolve({ code, signal }));
    });
    this.#readLines(log, onEvent);
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  /** SIGTERM, and SIGKILL to a process that does not end by itself: it may hang or be stopped. */
  async end(graceMs: number): Promise<void> {
    this.signal("SIGTERM");
    const timer = setTimeout(() => this.signal("SIGKILL"), graceMs);
    await this.exited;
    clearTimeout(timer);
  }

  #readLines(log: number, onEvent: (event: ProcessEvent) => void): void {
    const { stdout } = this.#process;
    if (stdout === null) return;
    const lines = createInterface({ input: stdout });
    lines.on("line", (line) => {
      const event = parseEvent(line);
      if (event === undefined) writeSync(log, `${line}\n`);
      else onEvent(event);
    });
    lines.on("close", () => closeSync(log));
  }
}

export function parseEvent(line: string): ProcessEvent | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isEvent(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isEvent(value: unknown): value is ProcessEvent {
  return typeof value === "object" && value !== null && "event" in value && typeof value.event === "string";
}
