import { RegistryLeaves, type RegistryName, registryNames } from "@comity/protocol";
import { caseDuties, contentOf, digestDuty, type Duty } from "./duties.ts";
import type { DutyLedger } from "./ports.ts";

/** Of each registry, so many changes that are not signed yet are remembered, so that nodes which are not at the same block still meet. */
const KEPT = 32;

/**
 * What this node has to sign, as its own view of the ledger says. A registry's statement is about the state after one block, so what the
 * registry held then is noted when the block comes; the statement is made of it only once somebody needs it.
 */
export class DutyBook {
  readonly #ledger: DutyLedger;
  /** Oldest first, by height. */
  readonly #digests: Readonly<Record<RegistryName, Map<number, () => Duty>>> = {
    venues: new Map(),
    bonds: new Map(),
  };

  /** The view keeps a document's object until it changes, so each document is hashed once. */
  readonly #leaves: Readonly<Record<RegistryName, RegistryLeaves>> = {
    venues: new RegistryLeaves("venues"),
    bonds: new RegistryLeaves("bonds"),
  };

  constructor(ledger: DutyLedger) {
    this.#ledger = ledger;
  }

  /** To be called after each block, and at the start. */
  note(): void {
    for (const registry of registryNames) this.#note(registry);
  }

  /** All that is still to be signed; of each registry the oldest first. */
  open(): Duty[] {
    const digests = registryNames.flatMap((registry) => this.#unsigned(registry));
    return [...caseDuties(this.#ledger.venues()), ...digests];
  }

  #note(registry: RegistryName): void {
    const change = this.#ledger.registryChange(registry);
    const noted = this.#digests[registry];
    if (change === undefined || noted.has(change.ledger.height)) return;
    const entries = contentOf(registry, this.#ledger);
    noted.set(
      change.ledger.height,
      once(() => digestDuty(change, entries, this.#leaves[registry])),
    );
    const [oldest] = noted.keys();
    if (noted.size > KEPT && oldest !== undefined) noted.delete(oldest);
  }

  /** The newest change stays noted when it is signed, so that it is not noted again. */
  #unsigned(registry: RegistryName): Duty[] {
    const noted = this.#digests[registry];
    const newest = this.#ledger.registryChange(registry)?.ledger.height;
    const signed = this.#ledger.digest(registry)?.statement.ledger.height ?? -1;
    for (const height of noted.keys()) if (height <= signed && height !== newest) noted.delete(height);
    return [...noted].filter(([height]) => height > signed).map(([, duty]) => duty());
  }
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
