import {
  type BlsVerifier,
  DomainError,
  type DutyMessage,
  type Ed25519Verify,
  encodeCanonical,
  type NetworkId,
} from "@comity/protocol";
import type { GossipNetwork } from "../gossip/network.ts";
import type { RealClock } from "../clock.ts";
import type { PartLog } from "../telemetry/log.ts";
import type { Startable } from "../lifecycle.ts";
import type { ShareStore } from "../signing/ports.ts";
import type { LoggedDecision } from "../signing/signingLog.ts";
import type { NodeEvent } from "../telemetry/events.ts";
import { isFulfilled } from "./duties.ts";
import { DutyBook } from "./dutyBook.ts";
import { DutyFiler } from "./dutyFiler.ts";
import { DutyInbox } from "./dutyInbox.ts";
import { dutySubject } from "./dutyRules.ts";
import { DutyTable, isReady, type OpenDuty } from "./dutyTable.ts";
import type { DecisionMaker, DutyLedger, DutySubmitter } from "./ports.ts";

export interface DutySignerOptions {
  readonly networkId: NetworkId;
  readonly ownIndex: number;
  readonly memberCount: number;
  readonly regossipMs: number;
  readonly fileStaggerMs: number;
}

export interface DutySignerDeps {
  readonly network: Pick<GossipNetwork, "publish" | "onMessage">;
  readonly ledger: DutyLedger;
  readonly submitter: DutySubmitter;
  readonly shares: ShareStore;
  readonly signer: DecisionMaker;
  readonly verify: Ed25519Verify;
  readonly bls: BlsVerifier;
  readonly clock: RealClock;
  readonly random: () => number;
  readonly log: PartLog;
  readonly emit: (event: NodeEvent) => void;
}

/**
 * Signs with the other members what the ledger itself decides: cases and the digests of the public registries. Every node makes the
 * statement from its own view of the ledger, signs it once, collects the others' parts and brings the whole to the ledger.
 */
export class DutySigner implements Startable {
  readonly #options: DutySignerOptions;
  readonly #deps: DutySignerDeps;
  readonly #book: DutyBook;
  readonly #table: DutyTable;
  readonly #inbox: DutyInbox;
  readonly #filer: DutyFiler;
  readonly #stopping = new AbortController();
  readonly #work = new Set<Promise<void>>();
  #loop: Promise<void> = Promise.resolve();
  #woken = Promise.withResolvers<undefined>();

  /** To be made before the network starts: it listens from now on. */
  constructor(options: DutySignerOptions, deps: DutySignerDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#book = new DutyBook(deps.ledger);
    this.#table = new DutyTable(options);
    this.#inbox = new DutyInbox(options, {
      ...deps,
      table: this.#table,
      onPart: (open) => this.#pursue(open),
    });
    this.#filer = new DutyFiler({ ...options, staggerMs: options.fileStaggerMs }, deps);
    this.#inbox.listen();
    deps.ledger.onBlock(() => this.#onBlock());
  }

  start(): Promise<void> {
    this.#book.note();
    this.#loop = this.#run(this.#stopping.signal);
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#table.closeAll();
    await this.#loop;
    await Promise.all(this.#work);
  }

  /** What is still to be signed, and who has. */
  status(): { readonly kind: string; readonly slot: string; readonly signed: readonly number[] }[] {
    return this.#table.all().map(({ duty: { kind, slot }, parts }) => {
      return { kind, slot, signed: [...parts.keys()].sort((a, b) => a - b) };
    });
  }

  /** What a registry held after a block can be noted only now. */
  #onBlock(): void {
    this.#book.note();
    this.#woken.resolve(undefined);
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#woken = Promise.withResolvers();
      await this.#round().catch((error: unknown) => {
        this.#deps.log.warn("a round of duties failed", { error: String(error) });
      });
      await this.#pause(signal);
    }
  }

  /** Until something happens on the ledger, or it is time to say again what was said. */
  async #pause(signal: AbortSignal): Promise<void> {
    const waiting = new AbortController();
    const either = AbortSignal.any([signal, waiting.signal]);
    const timer = this.#deps.clock.sleep(this.#options.regossipMs, either).catch(() => undefined);
    await Promise.race([timer, this.#woken.promise]);
    waiting.abort();
  }

  async #round(): Promise<void> {
    const epoch = this.#deps.ledger.currentEpoch();
    if (!epoch) return;
    for (const digest of this.#table.keep(this.#book.open(), epoch)) this.#inbox.forget(digest);
    const current = new Set(this.#table.current());
    for (const open of this.#table.all()) {
      const isNew = await this.#sign(open);
      if (isNew || (current.has(open) && this.#isUnheard(open))) await this.#say(open);
      this.#pursue(open);
    }
  }

  /** This member's part: from the signing log, or signed now. @returns whether it is new */
  async #sign(open: OpenDuty): Promise<boolean> {
    const own = this.#options.ownIndex;
    if (open.isBarred || open.parts.has(own) || this.#stopping.signal.aborted) return false;
    try {
      const logged = this.#deps.signer.decisionOn(open.digest) ?? (await this.#signNow(open));
      if (logged?.partial == null) return false;
      open.parts.set(own, messageOf(open, logged, logged.partial));
      return true;
    } catch (error) {
      this.#failed(open, error);
      return false;
    }
  }

  /** Undefined where this member holds no share: it collects and files like the others. */
  async #signNow({ duty, epoch, digest }: OpenDuty): Promise<LoggedDecision | undefined> {
    const share = await this.#deps.shares.shareFor(epoch.keyEpoch);
    if (!share) return undefined;
    const logged = await this.#deps.signer.sign(dutySubject(digest, epoch, duty), share.secretShare);
    this.#deps.emit({ event: "duty-signed", kind: duty.kind, slot: duty.slot });
    return logged;
  }

  #failed(open: OpenDuty, error: unknown): void {
    const { kind, slot } = open.duty;
    const code: unknown = error instanceof DomainError ? error.code : undefined;
    // Whatever this node thinks now, it has given its word on something else, and never gives it twice.
    open.isBarred = code === "SIGNING_SLOT_TAKEN";
    if (open.isBarred) this.#deps.emit({ event: "duty-barred", kind, slot });
    this.#deps.log.warn("a duty is not signed", { kind, slot, code, error: String(error) });
  }

  /** Rounds may follow each other as fast as blocks do; what is said again is for those who were away. */
  #isUnheard({ saidMs }: OpenDuty): boolean {
    return this.#deps.clock.now() - saidMs >= this.#options.regossipMs;
  }

  async #say(open: OpenDuty): Promise<void> {
    const message = open.parts.get(this.#options.ownIndex);
    if (!message) return;
    open.saidMs = this.#deps.clock.now();
    try {
      await this.#deps.network.publish("duty", encodeCanonical(message));
    } catch (error) {
      // It is said again in the next round.
      this.#deps.log.info("not published", { topic: "duty", error: String(error) });
    }
  }

  #pursue(open: OpenDuty): void {
    if (isReady(open) && !open.isFiling) this.#begin(this.#file(open));
  }

  async #file(open: OpenDuty): Promise<void> {
    open.isFiling = true;
    const isOver = (): boolean =>
      isFulfilled(open.duty, this.#deps.ledger) || this.#table.isSuperseded(open, isReady);
    try {
      await this.#filer.file(open, isOver);
    } catch (error) {
      if (!open.closing.signal.aborted) this.#deps.log.warn("filing stopped", { error: String(error) });
    } finally {
      open.isFiling = false;
    }
  }

  #begin(work: Promise<void>): void {
    this.#work.add(work);
    void work.finally(() => this.#work.delete(work));
  }
}

function messageOf({ duty, epoch }: OpenDuty, { decision }: LoggedDecision, partial: string): DutyMessage {
  const { kind, statement } = duty;
  return { type: "comity/v1/duty", kind, keyEpoch: epoch.keyEpoch, statement, partial, decision };
}
