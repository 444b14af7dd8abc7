import {
  alertIdOf,
  type AlertStatement,
  type BlsVerifier,
  DomainError,
  type Ed25519Verify,
  type EpochRecord,
  type Genesis,
  type NetworkId,
  type ProposalMessage,
  toHex,
  topics,
} from "@comity/protocol";
import type { GossipNetwork, Verdict } from "../gossip/network.ts";
import type { RealClock } from "../clock.ts";
import type { PartLog } from "../telemetry/log.ts";
import { AttemptLimit } from "./attemptLimit.ts";
import {
  digestOf,
  judgePartial,
  judgeProposal,
  judgeRefusal,
  type Judgement,
  type RuleContext,
} from "./messageRules.ts";
import { decoded, type DecisionEvent, decisionEvent } from "./messages.ts";
import type { SigningLedger } from "./ports.ts";
import { hasDecided, prolongs } from "./session.ts";
import { decodeOpenProposals, encodeOpenProposals } from "./sessionsStream.ts";
import { isOver, type LiveSession, type SessionTable } from "./sessionTable.ts";

export interface SessionInboxOptions {
  readonly genesis: Genesis;
  readonly networkId: NetworkId;
  readonly maxOpenPerMember: number;
  readonly proposalLifeMs: number;
}

export interface SessionInboxDeps {
  readonly network: Pick<GossipNetwork, "onMessage" | "onPeer" | "request" | "serve" | "peers">;
  readonly table: SessionTable;
  readonly ledger: SigningLedger;
  readonly verify: Ed25519Verify;
  readonly bls: BlsVerifier;
  readonly clock: RealClock;
  readonly random: () => number;
  readonly log: PartLog;
  readonly signal: AbortSignal;
  /** Called for a proposal of another member, once its session is on disk. */
  readonly onOpened: (live: LiveSession) => void;
}

const MAX_BAD_MESSAGES = 4;
const ASK_TIMEOUT_MS = 10_000;

/** What comes in about signing, by gossip or by comparing notes with another member: the same rules for both. */
export class SessionInbox {
  readonly #options: SessionInboxOptions;
  readonly #deps: SessionInboxDeps;
  readonly #rules: RuleContext;
  readonly #attempts = new AttemptLimit(MAX_BAD_MESSAGES);

  constructor(options: SessionInboxOptions, deps: SessionInboxDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#rules = { ...options, verify: deps.verify, bls: deps.bls };
  }

  listen(): void {
    const { network } = this.#deps;
    network.onMessage("proposal", (bytes) => this.#onProposal(bytes));
    network.onMessage("partial", (bytes, from) => this.#onDecision("partial", bytes, from));
    network.onMessage("refusal", (bytes, from) => this.#onDecision("refusal", bytes, from));
    network.serve("sessions", () =>
      Promise.resolve(encodeOpenProposals(this.#deps.table.unsettled().map(({ session }) => session))),
    );
    network.onPeer((member) => void this.compareWith(member));
  }

  async #onProposal(bytes: Uint8Array): Promise<Verdict> {
    const message = decoded(() => topics.proposal.decode(bytes));
    const epoch = this.#deps.ledger.currentEpoch();
    if (!message) return "reject";
    if (!epoch || isOnLedger(this.#deps.ledger, message.statement)) return "ignore";
    this.#deps.table.restore(this.#deps.ledger.epochs());
    const digest = toHex(digestOf(this.#options.networkId, epoch, message));
    const known = this.#deps.table.get(digest);
    if (known) known.lastHeardMs = this.#deps.clock.now();
    if (!this.#isNews(message, known)) return "ignore";
    const verdict = judgeProposal(message, epoch, this.#deps.clock.now(), this.#rules);
    if (verdict !== "accept") return verdict;
    if (known && !isOver(known)) {
      await this.#deps.table.apply(known, { type: "proposal", message });
      return "accept";
    }
    const live = await this.#deps.table.open(digest, message, epoch);
    this.#deps.onOpened(live);
    return "accept";
  }

  /** Whether a proposal opens a session or keeps one open for longer. */
  #isNews(message: ProposalMessage, known: LiveSession | undefined): boolean {
    if (known && !isOver(known)) return prolongs(known.session, message);
    return this.#deps.table.countOf(message.memberIndex) < this.#options.maxOpenPerMember;
  }

  async #onDecision(type: "partial" | "refusal", bytes: Uint8Array, from: number): Promise<Verdict> {
    const event = decoded(() => decisionEvent(type, bytes));
    if (!event) return "reject";
    const { digest, decision } = event.message;
    const live = this.#deps.table.get(digest);
    if (live?.session.phase !== "collecting" || hasDecided(live.session, decision.memberIndex))
      return "ignore";
    const isFlood = [from, decision.memberIndex].some((member) => this.#attempts.isExhausted(digest, member));
    if (isFlood) return "ignore";
    const judgement = this.#judge(event, live.epoch);
    if (judgement.verdict === "accept") await this.#deps.table.apply(live, event);
    else this.#attempts.charge(digest, judgement.blame === "author" ? decision.memberIndex : from);
    return judgement.verdict;
  }

  #judge(event: DecisionEvent, epoch: EpochRecord): Judgement {
    return event.type === "partial"
      ? judgePartial(event.message, epoch, this.#rules)
      : judgeRefusal(event.message, epoch, this.#rules);
  }

  async compareWithSomebody(): Promise<void> {
    const reachable = this.#deps.network.peers().filter(({ connected }) => connected);
    const chosen = reachable[Math.floor(this.#deps.random() * reachable.length)];
    if (chosen) await this.compareWith(chosen.memberIndex);
  }

  /** Learns from another member what is open and who decided what; all of it passes the same rules as gossip. */
  async compareWith(member: number): Promise<void> {
    const signal = AbortSignal.any([this.#deps.signal, AbortSignal.timeout(ASK_TIMEOUT_MS)]);
    try {
      const answer = await this.#deps.network.request(member, "sessions", new Uint8Array(), signal);
      for (const open of decodeOpenProposals(answer)) {
        await this.#onProposal(open.proposal);
        for (const bytes of open.partials) await this.#onDecision("partial", bytes, member);
        for (const bytes of open.refusals) await this.#onDecision("refusal", bytes, member);
      }
    } catch (error) {
      const code: unknown = error instanceof DomainError ? error.code : String(error);
      this.#deps.log.info("open proposals not compared", { memberIndex: member, code });
    }
  }

  /** Bad messages about a statement that is over no longer count. */
  forget(digest: string): void {
    this.#attempts.forget(digest);
  }
}

export function isOnLedger(ledger: SigningLedger, statement: AlertStatement): boolean {
  const alertId = alertIdOf(statement);
  return ledger.alerts().some((alert) => alert.alertId === alertId);
}
