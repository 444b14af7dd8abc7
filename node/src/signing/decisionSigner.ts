import {
  decisionBytes,
  fromHex,
  type NetworkId,
  partialHashOf,
  refusal,
  toHex,
  type UnsignedDecision,
} from "@comity/protocol";
import { signPartial } from "@comity/threshold";
import type { SigningIdentity } from "./ports.ts";
import type { DecisionSubject, LoggedDecision, SigningLog } from "./signingLog.ts";

export interface DecisionSignerDeps {
  readonly signingLog: SigningLog;
  readonly identity: SigningIdentity;
}

/** Signs this member's decisions: whatever it signs with a share of a key is in the signing log before anybody gets it. */
export class DecisionSigner {
  readonly #networkId: NetworkId;
  readonly #deps: DecisionSignerDeps;

  constructor(options: { readonly networkId: NetworkId }, deps: DecisionSignerDeps) {
    this.#networkId = options.networkId;
    this.#deps = deps;
  }

  /** The decision made before on this digest, if any, which may be a refusal. */
  decisionOn(digest: string): LoggedDecision | undefined {
    return this.#deps.signingLog.decisionOn(digest);
  }

  /** @throws SigningLogError SIGNING_SLOT_TAKEN */
  sign(subject: DecisionSubject, secretShare: Uint8Array): Promise<LoggedDecision> {
    const partial = signPartial(secretShare, fromHex(subject.digest, 32));
    return this.#deps.signingLog.decide(subject, (logPosition) => {
      const memberIndex = this.#deps.identity.index;
      const partialHash = partialHashOf(partial);
      const unsigned = { memberIndex, decision: "sign", reason: "", logPosition, partialHash } as const;
      return { decision: this.#signed(subject, unsigned), partial: toHex(partial) };
    });
  }

  refuse(subject: DecisionSubject, reason: string): Promise<LoggedDecision> {
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
