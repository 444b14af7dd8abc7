import { quorumOf } from "@comity/protocol";
import { blamedOrganisations } from "./ledgerError.ts";

export interface EndorserOptions {
  /** MSP ids of all members. */
  readonly members: readonly string[];
  /** Asked first where it is a member: the caller's own organisation, whose peer is near. */
  readonly own: string;
}

interface Breaker {
  readonly untilMs: number;
  readonly pauseMs: number;
}

const firstPauseMs = 5_000;
const longestPauseMs = 60_000;

/**
 * Which organisations are asked to endorse, with a circuit breaker for each. A gateway left to itself asks a member whose chaincode hangs again and again,
 * and each time waits until its patience is over (three seconds): asked by name, it says who failed, and the client leaves that one out for a while. When the
 * while is over, one caller tries it; the others go on without it until that has worked.
 */
export class EndorserChoice {
  #members: readonly string[] = [];
  #quorum = 0;
  readonly #own: string;
  readonly #now: () => number;
  readonly #breakers = new Map<string, Breaker>();
  #turn = 0;

  constructor({ members, own }: EndorserOptions, now: () => number) {
    this.#own = own;
    this.#now = now;
    this.follow(members);
  }

  /** The members have changed. */
  follow(members: readonly string[]): void {
    this.#members = [...members].sort((a, b) => Number(b === this.#own) - Number(a === this.#own));
    this.#quorum = quorumOf(members.length);
  }

  /** The members that we know are not those of the channel any more: until we are told, gateways choose. */
  distrust(): void {
    this.#members = [];
  }

  /** How often it is worth to ask by name, one organisation less each time. */
  get attempts(): number {
    return Math.max(this.#members.length - this.#quorum + 1, 0);
  }

  /** A quorum of organisations, or undefined where too few are left: then the gateway tries whom it finds. */
  choose(): string[] | undefined {
    const [own, ...others] = this.#members;
    if (own === undefined) return undefined;
    this.#turn = (this.#turn + 1) % others.length;
    const inTurn = [own, ...others.slice(this.#turn), ...others.slice(0, this.#turn)];
    const usable = inTurn.filter((mspId) => this.#isUsable(mspId)).slice(0, this.#quorum);
    if (usable.length < this.#quorum) return undefined;
    for (const mspId of usable) this.#claimTrial(mspId);
    return usable;
  }

  succeeded(chosen: readonly string[]): void {
    for (const mspId of chosen) this.#breakers.delete(mspId);
  }

  /** Leaves out whom the error blames. Returns whether it blames anybody. */
  failed(error: unknown): boolean {
    const blamed = blamedOrganisations(error).filter((mspId) => this.#members.includes(mspId));
    for (const mspId of blamed) {
      const before = this.#breakers.get(mspId)?.pauseMs ?? firstPauseMs / 2;
      this.#open(mspId, Math.min(2 * before, longestPauseMs));
    }
    return blamed.length > 0;
  }

  #isUsable(mspId: string): boolean {
    return (this.#breakers.get(mspId)?.untilMs ?? 0) <= this.#now();
  }

  #claimTrial(mspId: string): void {
    const breaker = this.#breakers.get(mspId);
    if (breaker !== undefined) this.#open(mspId, breaker.pauseMs);
  }

  #open(mspId: string, pauseMs: number): void {
    this.#breakers.set(mspId, { untilMs: this.#now() + pauseMs, pauseMs });
  }
}
