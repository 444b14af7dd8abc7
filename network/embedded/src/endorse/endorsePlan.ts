import { bytesEqual } from "../wire/hash.ts";
import type { ErrorDetail } from "../wire/rpcError.ts";
import type { peer } from "@hyperledger/fabric-protos";
import { failureStatus, type Outcome } from "./outcome.ts";

export interface Candidate {
  readonly mspId: string;
  readonly address: string;
}

export interface PlanResult {
  readonly payload: Uint8Array;
  readonly endorsements: readonly peer.Endorsement[];
  /** The values whose hashes the payload holds. */
  readonly privateResults: Uint8Array | undefined;
}

/**
 * Endorsements collected for one proposal: which are still needed, who may still be asked, who failed and why.
 * Fabric's layouts over one peer per organisation and OutOf(q) come down to this.
 */
export class EndorsePlan<T extends Candidate> {
  readonly #needed: number;
  readonly #untried: T[];
  readonly #endorsements: peer.Endorsement[] = [];
  readonly #details: ErrorDetail[] = [];
  #payload: Uint8Array | undefined;
  #privateResults: Uint8Array | undefined;

  constructor(needed: number, candidates: readonly T[]) {
    this.#needed = needed;
    this.#untried = [...candidates];
  }

  get isComplete(): boolean {
    return this.#endorsements.length >= this.#needed;
  }

  get result(): PlanResult | undefined {
    if (!this.isComplete || this.#payload === undefined) return undefined;
    const [payload, privateResults] = [this.#payload, this.#privateResults];
    return { payload, endorsements: this.#endorsements, privateResults };
  }

  get details(): readonly ErrorDetail[] {
    return this.#details;
  }

  /** Those to ask next, as many as are missing; empty when too few are left to get there. */
  takeNext(): T[] {
    const missing = this.#needed - this.#endorsements.length;
    return this.#untried.length < missing ? [] : this.#untried.splice(0, missing);
  }

  record(candidate: Candidate, outcome: Outcome): void {
    if (outcome.kind !== "endorsed") {
      this.#fail(candidate, failureStatus(outcome).message);
      return;
    }
    if (this.#payload === undefined) {
      this.#payload = outcome.payload;
      this.#privateResults = outcome.privateData.results;
    }
    if (bytesEqual(this.#payload, outcome.payload)) this.#endorsements.push(outcome.endorsement);
    else this.#fail(candidate, "ProposalResponsePayloads do not match");
  }

  #fail({ address, mspId }: Candidate, message: string): void {
    this.#details.push({ address, mspId, message });
  }
}
