import { join } from "node:path";
import {
  type AlertStatement,
  type BlsVerifier,
  DomainError,
  type Ed25519Verify,
  type Genesis,
  type NetworkId,
  toHex,
} from "@comity/protocol";
import type { GossipNetwork } from "../gossip/network.ts";
import type { RealClock } from "../clock.ts";
import type { PartLog } from "../telemetry/log.ts";
import type { Startable } from "../lifecycle.ts";
import { AlertFiler } from "./alertFiler.ts";
import { Decider } from "./decider.ts";
import { DecisionSigner } from "./decisionSigner.ts";
import { newProposal } from "./messages.ts";
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
import { SessionInbox } from "./sessionInbox.ts";
import { SessionStore, type StoredSession } from "./sessionStore.ts";
import { isOver, type LiveSession, SessionTable } from "./sessionTable.ts";
import { SessionWork } from "./sessionWork.ts";
import { SigningLog } from "./signingLog.ts";
import { SigningRounds } from "./signingRounds.ts";
import { Speaker } from "./speaker.ts";

export type SigningErrorCode = "SIGNING_NO_KEY" | "SIGNING_LIMIT";
export class SigningError extends DomainError<SigningErrorCode> {}

export interface CosignerOptions {
  readonly genesis: Genesis;
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
  readonly clock: RealClock;
  readonly random: () => number;
  readonly log: PartLog;
  readonly emit: (event: NodeEvent) => void;
}

/** Takes part in co-signing: proposes, decides, collects, combines, files. What it does is decided by `step` and the message rules. */
export class Cosigner implements Startable {
  /** For what this member signs elsewhere with a share of a key: it all goes through the one signing log. */
  readonly signer: DecisionSigner;
  readonly #options: CosignerOptions;
  readonly #deps: CosignerDeps;
  readonly #table: SessionTable;
  readonly #inbox: SessionInbox;
  readonly #work: SessionWork;
  readonly #speaker: Speaker;
  readonly #rounds: SigningRounds;
  readonly #signingLog: SigningLog;
  readonly #stopping = new AbortController();

  private constructor(
    options: CosignerOptions,
    deps: CosignerDeps,
    disk: { signingLog: SigningLog; store: SessionStore; sessions: readonly StoredSession[] },
  ) {
    this.#options = options;
    this.#deps = deps;
    this.#signingLog = disk.signingLog;
    this.signer = new DecisionSigner(options, { ...deps, signingLog: disk.signingLog });
    const { signal } = this.#stopping;
    this.#table = new SessionTable(options, {
      ...disk,
      now: () => deps.clock.now(),
      onChange: (live, before, after) => this.#work.followUp(live, before, after),
    });
    this.#speaker = new Speaker(options, deps);
    const shared = { ...deps, table: this.#table, speaker: this.#speaker, signal };
    const { fileStaggerMs: staggerMs, replacementBasisPoints } = options;
    this.#work = new SessionWork(options, {
      ...shared,
      decider: new Decider({ ...deps, signer: this.signer }),
      filer: new AlertFiler({ staggerMs, replacementBasisPoints }, deps),
    });
    this.#inbox = new SessionInbox(options, { ...shared, onOpened: (live) => this.#onOpened(live) });
    this.#rounds = new SigningRounds(options, { ...shared, inbox: this.#inbox, work: this.#work });
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
    return this.#rounds.start();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#table.closeAll();
    await this.#rounds.stop();
    await this.#work.idle();
    await this.#table.idle();
    await this.#signingLog.close();
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
    if (known && !isOver(known)) {
      await this.#table.apply(known, { type: "proposal", message });
      return digest;
    }
    if (this.#table.countOf(message.memberIndex) >= this.#options.maxOpenPerMember) {
      const most = this.#options.maxOpenPerMember;
      throw new SigningError("SIGNING_LIMIT", `${most} own proposals are open or came to nothing`);
    }
    const live = await this.#table.open(digest, message, epoch);
    this.#deps.emit({ event: "alert-proposed", digest, subject: statement.subject });
    void this.#speaker.say("proposal", message);
    this.#work.pursue(live);
    return digest;
  }

  /** Proposals that are open: collecting, or signed and not yet seen on the ledger. */
  status(): ProposalStatus[] {
    return this.#table.unsettled().map(({ session }) => proposalStatus(session, this.#options.memberCount));
  }

  #onOpened(live: LiveSession): void {
    const { digest, proposal } = live.session;
    this.#deps.emit({ event: "proposal-received", digest, proposer: proposal.memberIndex });
    this.#work.pursue(live);
  }
}
