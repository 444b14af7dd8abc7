import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import process from "node:process";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

export type ChildEvent = Readonly<Record<string, unknown>> & { readonly event: string };

/** A process of a test, and the events that it prints. */
export class Child {
  readonly events: ChildEvent[] = [];
  readonly #process: ChildProcess;
  readonly #waiting = new Set<() => void>();
  #errors = "";

  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    this.#process = spawn(process.execPath, [...args], { env, stdio: ["ignore", "pipe", "pipe"] });
    this.#process.stderr?.on(
      "data",
      (chunk: Buffer) => (this.#errors = (this.#errors + chunk.toString()).slice(-4000)),
    );
    if (this.#process.stdout) {
      createInterface({ input: this.#process.stdout }).on("line", (line) => {
        if (line.startsWith("{")) this.events.push(JSON.parse(line) as ChildEvent);
        this.#notify();
      });
    }
    this.#process.once("exit", () => this.#notify());
  }

  get exitCode(): number | null {
    return this.#process.exitCode;
  }

  /** The first event for which `isIt` holds, printed already or still to come. */
  async event(isIt: (event: ChildEvent) => boolean): Promise<ChildEvent> {
    for (;;) {
      const found = this.events.find(isIt);
      if (found) return found;
      if (this.#hasEnded()) throw new Error(`the process has ended: ${this.#errors}`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** Resolves when somebody listens on a port of this process; for processes that print nothing. */
  async listening(port: number): Promise<void> {
    while (!(await isListening(port))) {
      if (this.#hasEnded()) throw new Error(`the process has ended: ${this.#errors}`);
      await sleep(50);
    }
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.#hasEnded()) return;
    const exited = once(this.#process, "exit");
    this.#process.kill(signal);
    await exited;
  }

  #hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  #notify(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
