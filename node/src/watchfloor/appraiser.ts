import {
  type AlertProblem,
  type AlertStatement,
  evidenceProblem,
  type Genesis,
  logOrigin,
  type NetworkId,
  statementProblem,
} from "@comity/protocol";
import type { RealClock } from "../clock.ts";
import type { Appraisal, Appraiser, RefusalCode } from "../signing/ports.ts";
import { EvidenceError } from "../gossip/evidenceStream.ts";
import type { EvidenceSource } from "./evidenceSource.ts";
import { tallyEvidence, type TallyDeps, type VerifiedTally } from "./evidenceTally.ts";
import type { WatchfloorLedger } from "./ports.ts";

export interface AlertAppraiserOptions {
  readonly networkId: NetworkId;
  readonly retryMs: number;
  /** How long to wait for what may still come: evidence, a block, an enrolment. */
  readonly patienceMs: number;
}

export interface AlertAppraiserDeps {
  readonly genesis: Genesis;
  readonly ledger: WatchfloorLedger;
  readonly evidence: EvidenceSource;
  readonly verify: TallyDeps["verify"];
  readonly clock: RealClock;
}

/** A statement may rest on a state of the ledger that was replaced at most so long ago, real time. */
const MAX_LEDGER_AGE_MS = 5 * 60_000;

/** Whether nobody signs any more what rests on the state of the ledger after this block. */
export function isTooOld(
  height: bigint,
  ledger: Pick<WatchfloorLedger, "height" | "blockSeenMs">,
  nowMs: number,
): boolean {
  const replacedMs = height === ledger.height() ? undefined : ledger.blockSeenMs(height + 1n);
  return replacedMs !== undefined && nowMs - replacedMs > MAX_LEDGER_AGE_MS;
}

/** What is wrong, and whether waiting can change it. */
interface Doubt {
  readonly reason: RefusalCode;
  readonly mayPass: boolean;
}

const never = (reason: RefusalCode): Doubt => ({ reason, mayPass: false });
const notYet = (reason: RefusalCode): Doubt => ({ reason, mayPass: true });

const reasons: Readonly<Record<AlertProblem, RefusalCode>> = {
  ALERT_WINDOW: "APPRAISAL_WINDOW",
  ALERT_RANGE: "APPRAISAL_RULE",
  ALERT_OBSERVED: "APPRAISAL_RULE",
  ALERT_BOUND: "APPRAISAL_BOUND",
  ALERT_PROJECTION: "APPRAISAL_RULE",
  ALERT_RULE: "APPRAISAL_RULE",
};

/** Forms the own opinion of an alert statement from the evidence itself and the own view of the ledger, cheap to dear. */
export class AlertAppraiser implements Appraiser {
  readonly #options: AlertAppraiserOptions;
  readonly #deps: AlertAppraiserDeps;

  constructor(options: AlertAppraiserOptions, deps: AlertAppraiserDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  async appraise(statement: AlertStatement, proposer: number, signal: AbortSignal): Promise<Appraisal> {
    const { clock } = this.#deps;
    const deadlineMs = clock.now() + this.#options.patienceMs;
    for (;;) {
      signal.throwIfAborted();
      const doubt = await this.#doubt(statement, proposer, signal);
      if (!doubt) return { decision: "sign" };
      if (!doubt.mayPass || clock.now() >= deadlineMs) return { decision: "refuse", reason: doubt.reason };
      await clock.sleep(this.#options.retryMs, signal);
    }
  }

  async #doubt(statement: AlertStatement, proposer: number, signal: AbortSignal): Promise<Doubt | undefined> {
    const problem = statementProblem(this.#deps.genesis, statement);
    if (problem) return never(reasons[problem]);
    return (
      this.#ledgerDoubt(statement) ??
      this.#subjectDoubt(statement) ??
      (await this.#evidenceDoubt(statement, proposer, signal))
    );
  }

  /** The named block is in the own chain, with this hash, and was the newest at most five minutes ago. */
  #ledgerDoubt({ ledger: named }: AlertStatement): Doubt | undefined {
    const { ledger, clock } = this.#deps;
    const height = BigInt(named.height);
    if (height > ledger.height()) return notYet("APPRAISAL_LEDGER");
    if (ledger.blockHash(height) !== named.blockHash) return never("APPRAISAL_LEDGER");
    return isTooOld(height, ledger, clock.now()) ? never("APPRAISAL_LEDGER") : undefined;
  }

  #subjectDoubt({ subject, log }: AlertStatement): Doubt | undefined {
    const site = this.#deps.ledger.site(subject.siteId);
    if (!site) return notYet("APPRAISAL_SUBJECT");
    const isOfSubject =
      site.operatorId === subject.operatorId &&
      log.origin === logOrigin({ networkId: this.#options.networkId, memberId: site.memberId, ...subject });
    return isOfSubject ? undefined : never("APPRAISAL_SUBJECT");
  }

  async #evidenceDoubt(
    statement: AlertStatement,
    proposer: number,
    signal: AbortSignal,
  ): Promise<Doubt | undefined> {
    const verified = await this.#verified(statement, proposer, signal);
    if ("reason" in verified) return verified;
    const problem = evidenceProblem(this.#deps.genesis, statement, verified.tally);
    if (!problem) return undefined;
    if (verified.hasUnknownHosts) return notYet("APPRAISAL_EVIDENCE");
    return never(verified.isPartlyDeclared ? "APPRAISAL_NOTICE" : reasons[problem]);
  }

  async #verified(
    statement: AlertStatement,
    proposer: number,
    signal: AbortSignal,
  ): Promise<VerifiedTally | Doubt> {
    const { evidence } = this.#deps;
    try {
      const gathered = await evidence.gather(
        statement,
        proposer,
        (pages) => tallyEvidence(statement, pages, this.#deps),
        signal,
      );
      return gathered.result;
    } catch (error) {
      signal.throwIfAborted();
      const isForked = error instanceof EvidenceError && error.code === "EVIDENCE_FORKED";
      return isForked ? never("APPRAISAL_EVIDENCE") : notYet("APPRAISAL_EVIDENCE");
    }
  }
}
