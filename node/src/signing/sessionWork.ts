import { alertIdOf } from "@comity/protocol";
import type { PartLog } from "../telemetry/log.ts";
import { ringDistance } from "../gossip/ringChoice.ts";
import type { AlertFiler } from "./alertFiler.ts";
import type { Decider } from "./decider.ts";
import { alertRequestOf, combineSession } from "./groupSignature.ts";
import { ownEvent } from "./messages.ts";
import type { NodeEvent, SigningIdentity } from "./ports.ts";
import { type CollectingSession, hasDecided, isReady, type Session } from "./session.ts";
import type { LiveSession, SessionTable } from "./sessionTable.ts";
import type { Speaker } from "./speaker.ts";

export interface SessionWorkOptions {
  readonly memberCount: number;
}

export interface SessionWorkDeps {
  readonly table: SessionTable;
  readonly decider: Decider;
  readonly filer: AlertFiler;
  readonly speaker: Speaker;
  readonly identity: SigningIdentity;
  readonly log: PartLog;
  readonly emit: (event: NodeEvent) => void;
  readonly signal: AbortSignal;
}

/** What this member does about a session, beside the round: decide, combine, file. */
export class SessionWork {
  readonly #options: SessionWorkOptions;
  readonly #deps: SessionWorkDeps;
  /** Under way: to be waited for before the files are closed. */
  readonly #work = new Set<Promise<void>>();

  constructor(options: SessionWorkOptions, deps: SessionWorkDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** Begins what is to be done about an open session and is not under way. */
  pursue(live: LiveSession): void {
    if (isReady(live.session)) this.#begin(this.#combine(live, live.session));
    this.#begin(this.#decide(live));
    void this.#file(live);
  }

  /** Follows up a change that is on disk. */
  followUp(live: LiveSession, before: Session, after: Session): void {
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
      this.#begin(this.#deps.table.settle(live));
    }
  }

  async idle(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work);
  }

  #begin(work: Promise<void>): void {
    this.#work.add(work);
    void work.finally(() => this.#work.delete(work));
  }

  async #decide(live: LiveSession): Promise<void> {
    const { session } = live;
    const own = this.#deps.identity.index;
    if (live.isDeciding || session.phase !== "collecting" || hasDecided(session, own)) return;
    live.isDeciding = true;
    try {
      const logged = await this.#deps.decider.decide(live);
      if (logged === undefined || this.#deps.signal.aborted) return;
      const event = ownEvent(session, logged);
      await this.#deps.table.apply(live, event);
      await this.#deps.speaker.say(event.type, event.message);
      const { decision, reason } = logged.decision;
      this.#deps.emit({ event: "decision-sent", digest: session.digest, decision, reason });
    } catch (error) {
      if (!live.closing.signal.aborted)
        this.#deps.log.warn("no decision yet", { digest: session.digest, error: String(error) });
    } finally {
      live.isDeciding = false;
    }
  }

  async #combine(live: LiveSession, session: CollectingSession): Promise<void> {
    try {
      const signature = combineSession(session, live.epoch);
      await this.#deps.table.apply(live, { type: "signature", signature });
    } catch (error) {
      this.#deps.log.warn("partials do not combine", { digest: session.digest, error: String(error) });
    }
  }

  /** Ends the session only when the ledger shows the alert; where the filer gives up, the next round asks it again. */
  async #file(live: LiveSession): Promise<void> {
    const { session } = live;
    if (session.phase !== "complete" || live.isFiling) return;
    live.isFiling = true;
    const { memberIndex } = session.proposal;
    const turn = ringDistance(memberIndex, this.#deps.identity.index, this.#options.memberCount);
    try {
      const isShown = await this.#deps.filer.file(alertRequestOf(session), turn, live.closing.signal);
      if (isShown && !this.#deps.signal.aborted) await this.#deps.table.settle(live);
    } catch (error) {
      if (!live.closing.signal.aborted) this.#deps.log.warn("filing stopped", { error: String(error) });
    } finally {
      live.isFiling = false;
    }
  }
}
