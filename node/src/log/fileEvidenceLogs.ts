import { readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  type Ed25519Verify,
  fromHex,
  type GenesisMember,
  type LogName,
  logOrigin,
  type NetworkId,
  toHex,
} from "@comity/protocol";
import { makeDirectory } from "./durableFile.ts";
import type { Equivocation, EvidenceLogs, LogHead, LogItem } from "./evidenceLog.ts";
import { type Held, headOf, nameOf, openHeld } from "./heldLog.ts";
import { LogError } from "./logError.ts";
import { contradiction, mirrorItems } from "./mirrorLog.ts";
import { MirrorQuota } from "./mirrorQuota.ts";
import { SidecarStore } from "./sidecarStore.ts";
import { Turns } from "./turns.ts";

export interface EvidenceLogsOptions {
  /** Holds `logs/<member>/<operator>/<site>/` and `sidecars/`. */
  readonly directory: string;
  readonly networkId: NetworkId;
  /** Genesis members: whose logs there can be, and their identity keys. */
  readonly members: readonly GenesisMember[];
  /** Own and mirrored together; 4,096 unless given. */
  readonly maxLogs?: number;
  /** How much of each other member's evidence is kept; 256 GiB unless given. */
  readonly maxMirrorBytes?: number;
  /** How often the files for C2SP readers are brought up to date; 10 s unless given. */
  readonly publishIntervalMs?: number;
}

export interface EvidenceLogsDeps {
  readonly identity: { readonly index: number; sign(message: Uint8Array): Uint8Array };
  readonly verify: Ed25519Verify;
  readonly randomBytes: (sizeBytes: number) => Uint8Array;
  readonly clock: { sleep(ms: number, signal: AbortSignal): Promise<void> };
  /** Told of a broken invariant (our own log lost or forked, a disk that fails): the process must stop. */
  readonly fatal: (error: Error) => void;
}

/** Notes of a log's last entries are kept, to prove an equivocation about them. */
const NOTES_KEPT_FOR_ENTRIES = 65_536;
const NOTES_DROPPED_AT_ONCE = 1024;
const MAX_MIRROR_BYTES = 256 * 1024 ** 3;

/** All logs of one node, as C2SP tlog-tiles in one folder each. */
export class FileEvidenceLogs implements EvidenceLogs {
  readonly #options: EvidenceLogsOptions;
  readonly #deps: EvidenceLogsDeps;
  readonly #sidecars: SidecarStore;
  readonly #quota: MirrorQuota;
  readonly #held = new Map<string, Held>();
  readonly #opening = new Turns();
  readonly #appendListeners: ((origin: string) => void)[] = [];
  readonly #equivocationListeners: ((proof: Equivocation) => void)[] = [];
  readonly #stopping = new AbortController();
  #publishing: Promise<void> = Promise.resolve();

  constructor(options: EvidenceLogsOptions, deps: EvidenceLogsDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#sidecars = new SidecarStore(join(options.directory, "sidecars"));
    this.#quota = new MirrorQuota({ maxBytes: options.maxMirrorBytes ?? MAX_MIRROR_BYTES });
  }

  /** @throws LogError LOG_BROKEN if what is on disk contradicts itself */
  async start(): Promise<void> {
    await makeDirectory(this.#options.directory);
    await this.#sidecars.open();
    for (const { ownerIndex, sizeBytes } of await this.#sidecars.mirrored())
      this.#quota.restore(ownerIndex, sizeBytes);
    for (const name of await this.#found()) await this.#hold(name);
    for (const held of this.#held.values()) await held.turns.run(() => held.tree.publish());
    this.#publishing = this.#publishRepeatedly();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#publishing;
    for (const { turns, tree } of this.#held.values()) {
      await turns.run(async () => {
        await tree.publish();
        await tree.close();
      });
    }
    await this.#sidecars.close();
  }

  /** How much of its room here whoever uses most of it has used, 0 to 1. */
  get fullestMirror(): number {
    return this.#quota.fullest;
  }

  list(): LogHead[] {
    return [...this.#held.values()].map(headOf);
  }

  head(origin: string): LogHead | undefined {
    const held = this.#held.get(origin);
    return held && headOf(held);
  }

  async open(origin: string): Promise<LogHead> {
    const held = await this.#opened(origin);
    if (held.own === undefined) throw new LogError("LOG_ORIGIN", "this is another member's log");
    if (held.tree.checkpoint === "") await this.append(origin, []);
    return headOf(held);
  }

  /** Takes its place in the queue before it returns, where the log is open: calls keep their order. */
  append(origin: string, items: readonly LogItem[]): Promise<{ from: number; size: number }> {
    const held = this.#held.get(origin);
    return held
      ? this.#appendTo(held, items)
      : this.#opened(origin).then((opened) => this.#appendTo(opened, items));
  }

  async #appendTo(held: Held, items: readonly LogItem[]): Promise<{ from: number; size: number }> {
    if (held.own === undefined) throw new LogError("LOG_ORIGIN", "this is another member's log");
    const placed = await this.#orDie(held.own.append(items));
    await this.#keepNote(held);
    this.#appended(held.origin);
    return placed;
  }

  async mirror(
    origin: string,
    from: number,
    items: readonly LogItem[],
    checkpoint: string,
    proof: readonly Uint8Array[] = [],
  ): Promise<{ size: number }> {
    const held = await this.#opened(origin);
    if (held.own !== undefined)
      throw new LogError("LOG_ORIGIN", "this is our own log: nobody mirrors it to us");
    await this.observe(origin, checkpoint);
    const { tree, openNote, owner } = held;
    const common = { sidecars: this.#sidecars, quota: this.#quota };
    const deps = { ...common, tree, openNote, ownerIndex: owner.index };
    const isStored = await held.turns.run(() =>
      this.#orDie(mirrorItems({ from, items, checkpoint, proof }, deps)),
    );
    if (isStored) {
      await this.#keepNote(held);
      this.#appended(origin);
    }
    return { size: held.tree.size };
  }

  async observe(origin: string, note: string): Promise<void> {
    const held = this.#heldOrThrow(origin);
    const checkpoint = held.openNote(note);
    if (held.own !== undefined && checkpoint.size > held.tree.size) {
      await this.#orDie(
        Promise.reject(new LogError("LOG_BROKEN", "we signed more of our log than is on this disk")),
      );
    }
    const proof = await contradiction(origin, checkpoint, note, {
      tree: held.tree,
      sidecars: this.#sidecars,
    });
    if (proof === undefined) return;
    if (await this.#sidecars.putEquivocation(proof, checkpoint.size)) {
      for (const listener of this.#equivocationListeners) listener(proof);
    }
    throw new LogError("LOG_FORKED", `the owner of ${origin} signed two trees of ${checkpoint.size} entries`);
  }

  async entries(origin: string, from: number, to: number): Promise<Uint8Array[]> {
    return this.#heldOrThrow(origin).tree.entries(from, to);
  }

  async records(recordRoot: string): Promise<Uint8Array | undefined> {
    return this.#sidecars.records(fromHex(recordRoot, 32));
  }

  async inclusion(origin: string, index: number, size: number): Promise<Uint8Array[]> {
    return this.#heldOrThrow(origin).tree.inclusion(index, size);
  }

  async consistency(origin: string, fromSize: number, size: number): Promise<Uint8Array[]> {
    return this.#heldOrThrow(origin).tree.consistency(fromSize, size);
  }

  async rootAt(origin: string, size: number): Promise<string> {
    return toHex(await this.#heldOrThrow(origin).tree.rootAt(size));
  }

  async resource(origin: string, path: string): Promise<Uint8Array | undefined> {
    return this.#held.get(origin)?.tree.resource(path);
  }

  async equivocations(): Promise<Equivocation[]> {
    return this.#sidecars.equivocations();
  }

  onAppend(listener: (origin: string) => void): void {
    this.#appendListeners.push(listener);
  }

  onEquivocation(listener: (proof: Equivocation) => void): void {
    this.#equivocationListeners.push(listener);
  }

  #appended(origin: string): void {
    for (const listener of this.#appendListeners) listener(origin);
  }

  #heldOrThrow(origin: string): Held {
    const held = this.#held.get(origin);
    if (held === undefined) throw new LogError("LOG_UNKNOWN", "this node has no such log");
    return held;
  }

  async #opened(origin: string): Promise<Held> {
    return this.#held.get(origin) ?? this.#opening.run(() => this.#hold(nameOf(origin)));
  }

  async #hold(name: LogName): Promise<Held> {
    const origin = logOrigin(name);
    const known = this.#held.get(origin);
    if (known) return known;
    const owner = this.#options.members.find((member) => member.memberId === name.memberId);
    if (owner === undefined || name.networkId !== this.#options.networkId) {
      throw new LogError("LOG_ORIGIN", "this log is of another network or of no member");
    }
    if (this.#held.size >= (this.#options.maxLogs ?? 4096))
      throw new LogError("LOG_LIMIT", "this node keeps no more logs");
    const directory = join(this.#options.directory, "logs", name.memberId, name.operatorId, name.siteId);
    const held = await openHeld({ origin, directory, owner }, { ...this.#deps, sidecars: this.#sidecars });
    this.#held.set(origin, held);
    return held;
  }

  async #keepNote(held: Held): Promise<void> {
    const { origin, tree, notesFrom } = held;
    if (tree.checkpoint !== tree.newestNote) return;
    const keptFrom = tree.size - NOTES_KEPT_FOR_ENTRIES;
    await this.#sidecars.putNote(origin, tree.size, tree.checkpoint);
    if (keptFrom < notesFrom + NOTES_DROPPED_AT_ONCE) return;
    held.notesFrom = keptFrom;
    await this.#sidecars.dropNotes(origin, notesFrom, keptFrom);
  }

  async #publishRepeatedly(): Promise<void> {
    const { signal } = this.#stopping;
    for (;;) {
      await this.#deps.clock.sleep(this.#options.publishIntervalMs ?? 10_000, signal).catch(() => undefined);
      if (signal.aborted) return;
      for (const { turns, tree } of this.#held.values()) {
        await this.#orDie(turns.run(() => tree.publish())).catch(() => undefined);
      }
    }
  }

  /** Passes the promise on, and reports a log that cannot go on. */
  async #orDie<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      const isRefusal = error instanceof LogError && error.code !== "LOG_BROKEN";
      if (!isRefusal && error instanceof Error) this.#deps.fatal(error);
      throw error;
    }
  }

  async #found(): Promise<LogName[]> {
    const root = join(this.#options.directory, "logs");
    await makeDirectory(root);
    const files = await readdir(root, { recursive: true });
    const journals = files.filter((file) => file.endsWith("/journal") && file.split("/").length === 4);
    return journals.map((file) =>
      nameOf(`comity/${this.#options.networkId}/${file.slice(0, -"/journal".length)}`),
    );
  }
}
