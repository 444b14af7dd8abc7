import { Backoff } from "@comity/ledger";
import { canonicalString, DomainError, type RegisterMember } from "@comity/protocol";
import type { Clock } from "../clock.ts";
import type { Log } from "../telemetry/log.ts";
import type { LedgerSubmitter } from "./ports.ts";

/** How others reach this node. */
export interface NodeAddress {
  readonly peerId: string;
  readonly addresses: readonly string[];
  /** `host:port` */
  readonly intakeAddress: string;
}

export interface RegistrationOptions {
  readonly memberId: string;
  readonly address: NodeAddress;
  /** By the peer's key, that it is this member's. */
  readonly signature: string;
}

export interface RegistrationDeps {
  readonly view: { members(): readonly RegisterMember[] };
  readonly ledger: LedgerSubmitter;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

const pauses = { firstMs: 500, longestMs: 10_000 };

/** Keeps the member's entry in the ledger's register true: written at the start, and only where it differs. */
export class Registration {
  readonly #options: RegistrationOptions;
  readonly #deps: RegistrationDeps;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(options: RegistrationOptions, deps: RegistrationDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  start(): Promise<void> {
    this.#running = this.#run(this.#stopping.signal);
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  isDone(): boolean {
    const { memberId: own, address } = this.#options;
    const node = this.#deps.view.members().find(({ memberId }) => memberId === own)?.node;
    if (!node) return false;
    const { peerId, addresses, intakeAddress } = node;
    return canonicalString({ peerId, addresses, intakeAddress }) === canonicalString(address);
  }

  async #run(signal: AbortSignal): Promise<void> {
    const backoff = new Backoff(pauses, this.#deps);
    while (!signal.aborted && !this.isDone()) {
      await this.#register();
      await this.#deps.clock.sleep(backoff.next(), signal).catch(() => undefined);
    }
  }

  async #register(): Promise<void> {
    const { memberId, address, signature } = this.#options;
    const request = canonicalString({ memberId, ...address, signature });
    try {
      await this.#deps.ledger.submitIdempotent("coalition:RegisterNode", request);
    } catch (error) {
      const code: unknown = error instanceof DomainError ? error.code : undefined;
      this.#deps.log.warn("this node is not registered yet, trying again", { code, error });
    }
  }
}
