import { randomInt } from "node:crypto";
import { status } from "@grpc/grpc-js";
import type { common } from "@hyperledger/fabric-protos";
import type { ChaincodeDefinitions } from "../definition/chaincodeDefinitions.ts";
import type { LedgerStore, StateSnapshot } from "../store/ledgerStore.ts";
import type { UnpackedProposal } from "../wire/proposal.ts";
import { RpcError } from "../wire/rpcError.ts";
import { prepareTransaction } from "../wire/transaction.ts";
import { type Candidate, EndorsePlan } from "./endorsePlan.ts";
import type { Endorser } from "./endorser.ts";
import { eligibleMembers } from "./eligibleMembers.ts";
import { type EndorsedPrivateData, type Outcome, seenFromAfar } from "./outcome.ts";

export interface EndorsingMember extends Candidate {
  readonly endorser: Endorser;
}

export interface CollectDeps {
  readonly store: LedgerStore;
  readonly definitions: ChaincodeDefinitions;
}

export interface CollectOptions {
  readonly quorum: number;
  /** For tests: every member must endorse. */
  readonly endorseAll: boolean;
  /** How long a remote endorser may take. */
  readonly endorsementTimeoutMs: number;
}

/** Collects endorsements as Fabric's gateway does: its own organisation first, then enough others, then substitutes. */
export class EndorsementCollector {
  readonly #options: CollectOptions;
  readonly #members: readonly EndorsingMember[];
  readonly #deps: CollectDeps;

  constructor(options: CollectOptions, members: readonly EndorsingMember[], deps: CollectDeps) {
    this.#options = options;
    this.#members = members;
    this.#deps = deps;
  }

  /**
   * @param isProtected whether the proposal has transient data, which only members of the collections may see
   * @throws RpcError ABORTED with each failed member's words, FAILED_PRECONDITION where too few may endorse
   */
  async collect(
    proposal: UnpackedProposal,
    own: EndorsingMember,
    isProtected: boolean,
  ): Promise<common.Envelope> {
    const snapshot = this.#deps.store.snapshot(); // one for all: their answers must agree while blocks go on
    try {
      const outcome = await own.endorser.process(proposal, snapshot);
      if (outcome.kind !== "endorsed") {
        const plan = new EndorsePlan<EndorsingMember>(1, []);
        plan.record(own, outcome);
        throw aborted("failed to endorse transaction, see attached details for more info", plan);
      }
      const eligible = this.#eligible(outcome.privateData, isProtected);
      const others = shuffled(eligible.filter((member) => member !== own));
      const needed = this.#options.endorseAll ? eligible.length : this.#options.quorum;
      const plan = new EndorsePlan<EndorsingMember>(needed, others);
      if (eligible.includes(own)) plan.record(own, outcome);
      return await this.#complete(proposal, plan, snapshot, own);
    } finally {
      void snapshot.close(); // a slow member may still read from it; nobody waits for that
    }
  }

  /** The client named the organisations: each of them must endorse, and no other does. */
  async collectFrom(
    proposal: UnpackedProposal,
    mspIds: readonly string[],
    own: EndorsingMember,
  ): Promise<common.Envelope> {
    const named = this.#named(mspIds);
    const snapshot = this.#deps.store.snapshot();
    try {
      return await this.#complete(proposal, new EndorsePlan(named.length, named), snapshot, own);
    } finally {
      void snapshot.close(); // a slow member may still read from it; nobody waits for that
    }
  }

  #eligible(privateData: EndorsedPrivateData, isProtected: boolean): EndorsingMember[] {
    return eligibleMembers(this.#members, privateData, {
      quorum: this.#options.quorum,
      definitions: this.#deps.definitions,
      isProtected,
    });
  }

  #named(mspIds: readonly string[]): EndorsingMember[] {
    const wanted = new Set(mspIds);
    const named = this.#members.filter((member) => wanted.delete(member.mspId));
    if (wanted.size === 0) return named;
    const missing = [...wanted].join(", ");
    throw new RpcError(status.UNAVAILABLE, `failed to find any endorsing peers for org(s): ${missing}`);
  }

  async #complete(
    proposal: UnpackedProposal,
    plan: EndorsePlan<EndorsingMember>,
    snapshot: StateSnapshot,
    own: EndorsingMember,
  ): Promise<common.Envelope> {
    while (!plan.isComplete) {
      const next = plan.takeNext();
      if (next.length === 0) break;
      await Promise.all(
        next.map(async (member) => plan.record(member, await this.#ask(member, proposal, snapshot, own))),
      );
    }
    const { result } = plan;
    if (result === undefined) {
      throw aborted(
        "failed to collect enough transaction endorsements, see attached details for more info",
        plan,
      );
    }
    if (result.privateResults !== undefined) {
      const { store } = this.#deps;
      await store.transient.keep(proposal.txId, store.tip.height, result.privateResults);
    }
    return prepareTransaction(proposal, result.payload, result.endorsements);
  }

  async #ask(
    member: EndorsingMember,
    proposal: UnpackedProposal,
    snapshot: StateSnapshot,
    own: EndorsingMember,
  ): Promise<Outcome> {
    const outcome = member.endorser.process(proposal, snapshot);
    return member === own ? outcome : fromAfar(outcome, this.#options.endorsementTimeoutMs);
  }
}

function aborted(message: string, plan: EndorsePlan<EndorsingMember>): RpcError {
  return new RpcError(status.ABORTED, message, plan.details);
}

/** Fisher and Yates; spreads the load over the members as Fabric's shuffled layouts do. */
export function shuffled<T>(items: readonly T[]): T[] {
  const rest = [...items];
  const result: T[] = [];
  while (rest.length > 0) result.push(...rest.splice(randomInt(rest.length), 1));
  return result;
}

/** A remote endorser's answer as gRPC brings it, or its deadline. */
export async function fromAfar(outcome: Promise<Outcome>, timeoutMs: number): Promise<Outcome> {
  const expired = Promise.withResolvers<Outcome>();
  const message = "rpc error: code = DeadlineExceeded desc = context deadline exceeded";
  const timer = setTimeout(() => expired.resolve({ kind: "unavailable", message }), timeoutMs);
  try {
    return await Promise.race([outcome.then(seenFromAfar), expired.promise]);
  } finally {
    clearTimeout(timer);
  }
}
