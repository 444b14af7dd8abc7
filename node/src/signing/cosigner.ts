import { join } from "node:path";
import {
  alertIdOf,
  type AlertStatement,
  type BlsVerifier,
  DomainError,
  type Ed25519Verify,
  encodeCanonical,
  type NetworkId,
  toHex,
} from "@comity/protocol";
import type { Clock, GossipNetwork, Log, Startable } from "../gossip/network.ts";
import { ringDistance } from "../gossip/ringChoice.ts";
import { AlertFiler } from "./alertFiler.ts";
import { Decider } from "./decider.ts";
import { alertRequestOf, combineSession } from "./groupSignature.ts";
import { newProposal, ownEvent } from "./messages.ts";
import { digestOf } from "./messageRules.ts";
import type {
  AlertSubmitter,
  Appraiser,
  NodeEvent,
  ShareStore,
  SigningIdentity,
  SigningLedger,
} from "./ports.ts";
import { type ProposalStatus, proposalStatus } from "./proposalStatus.ts";
import { type CollectingSession, hasDecided, isReady, type Session } from "./session.ts";
import { isOnLedger, SessionInbox } from "./sessionInbox.ts";
import { restoredSession, SessionStore, type StoredSession } from "./sessionStore.ts";
import { type LiveSession, SessionTable } from "./sessionTable.ts";
import { SigningLog } from "./signingLog.ts";

export type SigningErrorCode = "SIGNING_NO_KEY" | "SIGNING_LIMIT" | "SIGNING_STOPPED";
export class SigningError extends DomainError<SigningErrorCode> {}

export interface CosignerOptions {
  readonly networkId: NetworkId;
  readonly memberCount: number;
  /** Holds the signing log and the open sessions. */
  readonly directory: string;
  readonly regossipMs: number;
  readonly fileStaggerMs: number;
  readonly maxOpenPerMember: number;
  readonly proposalLifeMs: number;
  /** The rulebook's `alertReplacementBasisPoints`. */
  readonly replacementBasisPoints: bigint;
}

export interface CosignerDeps {
  readonly network: Pick<GossipNetwork, "publish" | "onMessage" | "onPeer" | "request" | "serve" | "peers">;
  readonly ledger: SigningLedger;
  readonly submitter: AlertSubmitter;
  readonly shares: ShareStore;
  readonly identity: SigningIdentity;
  readonly appraiser: Appraiser;
  readonly verify: Ed25519Verify;
  readonly bls: BlsVerifier;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly emit: (event: NodeEvent) => void;
}

/** Every so many rounds of gossip a node compares notes with another one. */
const ROUNDS_PER_COMPARISON = 5;

/** Takes part in co-signing: proposes, decides, collects, combines, files. What it does is decided by `step` and the message rules. */
export class Cosigner implements Startable {
  readonly #options: CosignerOptions;
  readonly #deps: CosignerDeps;
  readonly #table: SessionTable;
  readonly #inbox: SessionInbox;
  readonly #decider: Decider;
  readonly #filer: AlertFiler;
  readonly #signingLog: SigningLog;
  /** Stored sessions whose epoch the ledger view has not shown yet. */
  #unrestored: readonly StoredSession[];
  readonly #stopping = new AbortController();
  #loop: Promise<void> = Promise.resolve();
  /** Decisions and combinations under way: to be waited for before the files are closed. */
  readonly #work = new Set<Promise<void>>();

  private constructor(
    options: CosignerOptions,
    deps: CosignerDeps,
    disk: { signingLog: SigningLog; store: SessionStore; sessions: readonly StoredSession[] },
  ) {
    this.#options = options;
    this.#deps = deps;
    this.#signingLog = disk.signingLog;
    this.#unrestored = disk.sessions;
    this.#table = new SessionTable({
      store: disk.store,
      now: () => deps.clock.now(),
      onChange: (live, before, after) => this.#changed(live, before, after),
    });
    this.#inbox = new SessionInbox(options, {
      ...deps,
      table: this.#table,
      signal: this.#stopping.signal,
      restore: () => this.#restore(),
      onOpened: (live) => {
        const { digest, proposal } = live.session;
        deps.emit({ event: "proposal-received", digest, proposer: proposal.memberIndex });
        this.#begin(this.#decide(live));
      },
    });
    this.#decider = new Decider(options, { ...deps, signingLog: disk.signingLog });
    this.#filer = new AlertFiler(
      {
        staggerMs: options.fileStaggerMs,
        replacementBasisPoints: options.replacementBasisPoints,
      },
      deps,
    );
  }

  /** Reads the signing log and the open sessions; to be called before the network starts. @throws SigningLogError, LogError */
  static async open(options: CosignerOptions, deps: CosignerDeps): Promise<Cosigner> {
    const { store, sessions } = await SessionStore.open(join(options.directory, "sessions"));
    const signingLog = await SigningLog.open(join(options.directory, "signing.log"));
    const cosigner = new Cosigner(options, deps, { signingLog, store, sessions });
    cosigner.#inbox.listen();
    return cosigner;
  }

  start(): Promise<void> {
    this.#loop = this.#run();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#table.closeAll();
    await this.#loop;
    while (this.#work.size > 0) await Promise.all(this.#work);
    await this.#table.idle();
    await this.#signingLog.close();
  }

  #begin(work: Promise<void>): void {
    this.#work.add(work);
    void work.finally(() => this.#work.delete(work));
  }

  /** Opens a session for a statement and tells everybody. @returns its digest @throws SigningError */
  async propose(statement: AlertStatement): Promise<string> {
    const epoch = this.#deps.ledger.currentEpoch();
    if (!epoch) throw new SigningError("SIGNING_NO_KEY", "the coalition has no key yet");
    const message = newProposal(statement, epoch, this.#deps.clock.now() + this.#options.proposalLifeMs, {
      ...this.#options,
      ...this.#deps,
    });
    const digest = toHex(digestOf(this.#options.networkId, epoch, message));
    const known = this.#table.get(digest);
    if (known) {
      await this.#table.apply(known, { type: "proposal", message });
      return digest;
    }
    if (this.#table.openOf(message.memberIndex) >= this.#options.maxOpenPerMember) {
      throw new SigningError(
        "SIGNING_LIMIT",
        `${this.#options.maxOpenPerMember} own proposals are open already`,
      );
    }
    const live = await this.#table.open(digest, message, epoch);
    this.#deps.emit({ event: "alert-proposed", digest, subject: statement.subject });
    void this.#publish("proposal", message);
    this.#begin(this.#decide(live));
    return digest;
  }

  /** Proposals that are open: collecting, or signed and not yet seen on the ledger. */
  status(): ProposalStatus[] {
    return this.#table.unsettled().map(({ session }) => proposalStatus(session, this.#options.memberCount));
  }

  async #decide(live: LiveSession): Promise<void> {
    const { session } = live;
    const own = this.#deps.identity.index;
    if (live.isDeciding || session.phase !== "collecting" || hasDecided(session, own)) return;
    live.isDeciding = true;
    try {
      const logged = await this.#decider.decide(live);
      if (logged === undefined || this.#stopping.signal.aborted) return;
      const event = ownEvent(session, logged);
      await this.#table.apply(live, event);
      await this.#publish(event.type, event.message);
      const { decision, reason } = logged.decision;
      this.#deps.emit({ event: "decision-sent", digest: session.digest, decision, reason });
    } catch (error) {
      if (!live.closing.signal.aborted)
        this.#deps.log.warn("no decision yet", { digest: session.digest, error: String(error) });
    } finally {
      live.isDeciding = false;
    }
  }

  /** Follows up a change that is on disk. */
  #changed(live: LiveSession, before: Session, after: Session): void {
    const { session } = live;
    if (isReady(session)) this.#begin(this.#combine(live, session));
    if (after.phase === before.phase) return;
    const { digest, proposal } = after;
    if (after.phase === "complete") {
      const alertId = alertIdOf(proposal.statement);
      this.#deps.emit({ event: "alert-signed", digest, alertId, signers: [...after.partials.keys()] });
      void this.#file(live);
    } else {
      const reasons = [...after.refusals.values()].map(({ decision }) => decision.reason);
      this.#deps.emit({ event: `proposal-${after.phase}`, digest, reasons });
      this.#begin(this.#table.settle(live));
    }
  }

  async #combine(live: LiveSession, session: CollectingSession): Promise<void> {
    try {
      await this.#table.apply(live, { type: "signature", signature: combineSession(session, live.epoch) });
    } catch (error) {
      this.#deps.log.warn("partials do not combine", { digest: session.digest, error: String(error) });
    }
  }

  async #file(live: LiveSession): Promise<void> {
    const { session } = live;
    if (session.phase !== "complete" || live.isFiling) return;
    live.isFiling = true;
    const turn = ringDistance(
      session.proposal.memberIndex,
      this.#deps.identity.index,
      this.#options.memberCount,
    );
    try {
      await this.#filer.file(alertRequestOf(session), turn, live.closing.signal);
      if (!this.#stopping.signal.aborted) await this.#table.settle(live);
    } catch (error) {
      if (!live.closing.signal.aborted) this.#deps.log.warn("filing stopped", { error: String(error) });
    } finally {
      live.isFiling = false;
    }
  }

  async #run(): Promise<void> {
    for (let round = 0; !this.#stopping.signal.aborted; round++) {
      await this.#round(round).catch((error: unknown) => {
        this.#deps.log.warn("a round of gossip failed", { error: String(error) });
      });
      await this.#deps.clock.sleep(this.#options.regossipMs, this.#stopping.signal).catch(() => undefined);
    }
  }

  async #round(round: number): Promise<void> {
    this.#restore();
    for (const live of this.#table.unsettled()) await this.#tend(live);
    for (const digest of this.#table.sweep()) this.#inbox.forget(digest);
    if (round % ROUNDS_PER_COMPARISON === 0 && this.#table.unsettled().length > 0)
      void this.#inbox.compareWithSomebody();
  }

  /** One session's share of a round: close it if it is over, else go on with what is missing and say again what we said. */
  async #tend(live: LiveSession): Promise<void> {
    if (isOnLedger(this.#deps.ledger, live.session.proposal.statement)) return this.#table.settle(live);
    await this.#table.apply(live, { type: "tick" });
    if (live.isSettled) return;
    if (isReady(live.session)) this.#begin(this.#combine(live, live.session));
    this.#begin(this.#decide(live));
    void this.#file(live);
    await this.#say(live);
  }

  async #say({ session, lastHeardMs }: LiveSession): Promise<void> {
    const own = this.#deps.identity.index;
    const isUnheard = this.#deps.clock.now() - lastHeardMs > 2 * this.#options.regossipMs;
    const { proposal } = session;
    if (proposal.memberIndex === own || isUnheard) await this.#publish("proposal", proposal);
    const [partial, refusal] = [session.partials.get(own), session.refusals.get(own)];
    if (partial) await this.#publish("partial", partial);
    if (refusal) await this.#publish("refusal", refusal);
  }

  #restore(): void {
    const epochs = this.#deps.ledger.epochs();
    const left: StoredSession[] = [];
    for (const stored of this.#unrestored) {
      const epoch = epochs.find(({ record }) => record.keyEpoch === stored.proposal.keyEpoch)?.record;
      if (!epoch) left.push(stored);
      else if (!this.#table.get(stored.digest)) this.#table.add(restoredSession(stored, epoch), epoch);
    }
    this.#unrestored = left;
  }

  async #publish(topic: "proposal" | "partial" | "refusal", message: unknown): Promise<void> {
    try {
      await this.#deps.network.publish(topic, encodeCanonical(message));
    } catch (error) {
      // It is said again in the next round.
      this.#deps.log.info("not published", { topic, error: String(error) });
    }
  }
}
