import { fromHex, groupKeyId, statementHash, toHex } from "@comity/protocol";
import type { DecisionSigner } from "./decisionSigner.ts";
import type { Appraiser, ShareStore } from "./ports.ts";
import type { LiveSession } from "./sessionTable.ts";
import type { DecisionSubject, LoggedDecision } from "./signingLog.ts";

export interface DeciderDeps {
  readonly identity: { readonly index: number };
  readonly signer: Pick<DecisionSigner, "decisionOn" | "refuse" | "sign">;
  readonly shares: ShareStore;
  readonly appraiser: Appraiser;
}

/** Makes this member's decision about a proposal and logs it. */
export class Decider {
  readonly #deps: DeciderDeps;

  constructor(deps: DeciderDeps) {
    this.#deps = deps;
  }

  /** The decision, already on disk; undefined where this member would sign but holds no share, or joined since the key was made and has no say. */
  async decide({ session, epoch, closing }: LiveSession): Promise<LoggedDecision | undefined> {
    const { identity, signer, shares, appraiser } = this.#deps;
    if (!epoch.members.some(({ index }) => index === identity.index)) return undefined;
    const known = signer.decisionOn(session.digest);
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
    if (appraisal.decision === "refuse") return signer.refuse(subject, appraisal.reason);
    const share = await shares.shareFor(keyEpoch);
    return share ? signer.sign(subject, share.secretShare) : undefined;
  }
}
