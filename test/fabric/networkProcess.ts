import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type CliAnswer, comity } from "../system/cli.ts";
import { connectAs, Layout, type Network, readNetwork } from "@comity/cli";
import type { LedgerClient } from "@comity/ledger";
import { processesOf } from "../start/processesOf.ts";
import { eventually } from "../system/eventually.ts";

/** A real network that a process of its own runs, so that a test can kill that. */
export class NetworkProcess {
  readonly layout = new Layout(join(mkdtempSync(join(tmpdir(), "comity-fabric-")), "network"));
  readonly #parts: "ledger" | "all";
  #supervisor: ChildProcess | undefined;

  /** @param parts whether nodes and a gateway run, too */
  constructor(parts: "ledger" | "all") {
    this.#parts = parts;
  }

  get network(): Network {
    return readNetwork(this.layout);
  }

  /** Resolves once all is ready. */
  async start(): Promise<void> {
    const script = join(import.meta.dirname, "networkMain.js");
    const supervisor = spawn(process.execPath, [script, this.layout.root, this.#parts], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#supervisor = supervisor;
    const failed = once(supervisor, "exit").then(() => {
      throw new Error("the network did not start");
    });
    await Promise.race([once(supervisor.stdout, "data"), failed]);
    failed.catch(() => undefined);
  }

  /** Resolves once no process of the network is left. */
  async end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const supervisor = this.#supervisor;
    if (supervisor?.exitCode !== null || supervisor.signalCode !== null) return;
    const ended = once(supervisor, "exit");
    supervisor.kill(signal);
    await ended;
    await eventually("no process of the network", () =>
      Promise.resolve(processesOf(this.layout.root).length === 0 ? true : undefined),
    );
  }

  async remove(): Promise<void> {
    await this.end("SIGTERM");
    rmSync(dirname(this.layout.root), { recursive: true, force: true });
  }

  /** A command line about this network. */
  run(...args: string[]): Promise<CliAnswer> {
    return comity(...args, "--json", "--data-dir", this.layout.root);
  }

  /** With the ledger as a member's officer. */
  async asOfficer<T>(memberId: string, work: (ledger: LedgerClient) => Promise<T>): Promise<T> {
    const member = this.network.members.find((each) => each.memberId === memberId);
    if (member === undefined) throw new RangeError(`there is no member ${memberId}`);
    const files = this.layout.keyPair(memberId, "officer");
    const ledger = connectAs(this.layout, this.network, member, files);
    return work(ledger).finally(() => ledger.close());
  }
}
