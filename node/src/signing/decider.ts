import {
  decisionBytes,
  fromHex,
  groupKeyId,
  type NetworkId,
  partialHashOf,
  refusal,
  statementHash,
  toHex,
  type UnsignedDecision,
} from "@comity/protocol";
import { signPartial } from "@comity/threshold";
import type { Appraiser, ShareStore, SigningIdentity } from "./ports.ts";
import type { LiveSession } from "./sessionTable.ts";
import type { DecisionSubject, LoggedDecision, SigningLog } from "./signingLog.ts";

export interface DeciderDeps {
  readonly signingLog: SigningLog;
  readonly shares: ShareStore;
  readonly identity: SigningIdentity;
  readonly appraiser: Appraiser;
}

/** Makes this member's decision about a proposal and logs it. */
export class Decider {
  readonly #networkId: NetworkId;
  readonly #deps: DeciderDeps;

  constructor(options: { readonly networkId: NetworkId }, deps: DeciderDeps) {
    this.#networkId = options.networkId;
    this.#deps = deps;
  }

  /** The decision, already on disk; undefined where this member would sign but holds no share. */
  async decide({ session, epoch, closing }: LiveSession): Promise<LoggedDecision | undefined> {
    const { signingLog, shares, appraiser } = this.#deps;
    const known = signingLog.decisionOn(session.digest);
    if (known) return known;
    const { statement, kind, keyEpoch, memberIndex } = session.proposal;
    const appraisal = await appraiser.appraise(statement, memberIndex, closing.signal);
    const subject: DecisionSubject = {
      digest: session.digest,
      groupKeyId: toHex(groupKeyId(fromHex(epoch.groupKey, 48))),
      kind,
      slot: null,
      statementHash: toHex(statementHash(statement)),
    };
    if (appraisal.decision === "refuse") return this.#refuse(subject, appraisal.reason);
    const share = await shares.shareFor(keyEpoch);
    return share ? this.#sign(subject, share.secretShare) : undefined;
  }

  #sign(subject: DecisionSubject, secretShare: Uint8Array): Promise<LoggedDecision> {
    const partial = signPartial(secretShare, fromHex(subject.digest, 32));
    return this.#deps.signingLog.decide(subject, (logPosition) => {
      const memberIndex = this.#deps.identity.index;
      const partialHash = partialHashOf(partial);
      const unsigned = { memberIndex, decision: "sign", reason: "", logPosition, partialHash } as const;
      return { decision: this.#signed(subject, unsigned), partial: toHex(partial) };
    });
  }

  #refuse(subject: DecisionSubject, reason: string): Promise<LoggedDecision> {
    return this.#deps.signingLog.decide(subject, (logPosition) => {
      const unsigned = refusal(this.#deps.identity.index, reason, logPosition);
      return { decision: this.#signed(subject, unsigned), partial: null };
    });
  }

  #signed(subject: DecisionSubject, unsigned: UnsignedDecision): UnsignedDecision & { signature: string } {
    const bytes = decisionBytes(this.#networkId, fromHex(subject.digest, 32), unsigned);
    return { ...unsigned, signature: toHex(this.#deps.identity.sign(bytes)) };
  }
}
