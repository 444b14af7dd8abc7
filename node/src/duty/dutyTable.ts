import { type DutyMessage, type EpochRecord, fromHex, type NetworkId, toHex } from "@comity/protocol";
import { combinePartials } from "@comity/threshold";
import { type Duty, isDigest } from "./duties.ts";
import { dutyDigest } from "./dutyRules.ts";

/** A duty that is still open, and what this node has of its signature. */
export interface OpenDuty {
  readonly duty: Duty;
  readonly epoch: EpochRecord;
  /** Hex; what is signed. */
  readonly digest: string;
  /** Verified parts, by member. */
  readonly parts: Map<number, DutyMessage>;
  /** Aborts when it is over. */
  readonly closing: AbortController;
  /** When this member last told the others its part; real ms. */
  saidMs: number;
  isFiling: boolean;
  /** This member has signed another statement in the slot, and never signs this one. */
  isBarred: boolean;
}

/** The duties of which this node collects the parts: just those which its own view of the ledger gives it. */
export class DutyTable {
  readonly #networkId: NetworkId;
  /** By kind and slot: there is one statement a slot. */
  readonly #open = new Map<string, OpenDuty>();

  constructor(options: { readonly networkId: NetworkId }) {
    this.#networkId = options.networkId;
  }

  /** Makes the table hold these under the key of this epoch. What it loses is closed. @returns digests of what was closed */
  keep(duties: readonly Duty[], epoch: EpochRecord): string[] {
    const wanted = new Set(duties.map(keyOf));
    const over = [...this.#open].filter(
      ([key, open]) => !wanted.has(key) || open.epoch.keyEpoch !== epoch.keyEpoch,
    );
    for (const [key, { closing }] of over) {
      closing.abort();
      this.#open.delete(key);
    }
    for (const duty of duties)
      if (!this.#open.has(keyOf(duty))) this.#open.set(keyOf(duty), this.#opened(duty, epoch));
    return over.map(([, { digest }]) => digest);
  }

  find(duty: Pick<Duty, "kind" | "slot">): OpenDuty | undefined {
    return this.#open.get(keyOf(duty));
  }

  all(): OpenDuty[] {
    return [...this.#open.values()];
  }

  /** Of each registry the newest change, and every case: what of this is signed makes the rest idle. */
  current(): OpenDuty[] {
    return this.all().filter((open) => !this.isSuperseded(open, () => true));
  }

  /** Whether there is a digest of a later block of the same registry, of which `holds`. */
  isSuperseded({ duty: { statement } }: OpenDuty, holds: (later: OpenDuty) => boolean): boolean {
    if (!isDigest(statement)) return false;
    return this.all().some(
      (other) =>
        isDigest(other.duty.statement) &&
        other.duty.statement.registry === statement.registry &&
        other.duty.statement.ledger.height > statement.ledger.height &&
        holds(other),
    );
  }

  closeAll(): void {
    for (const { closing } of this.#open.values()) closing.abort();
  }

  #opened(duty: Duty, epoch: EpochRecord): OpenDuty {
    const digest = dutyDigest(this.#networkId, epoch, duty);
    const state = { saidMs: -Infinity, isFiling: false, isBarred: false };
    return { duty, epoch, digest, parts: new Map(), closing: new AbortController(), ...state };
  }
}

const keyOf = ({ kind, slot }: Pick<Duty, "kind" | "slot">): string => `${kind} ${slot}`;

export function isReady({ parts, epoch }: OpenDuty): boolean {
  return parts.size >= epoch.threshold;
}

/** The coalition's signature. It costs a node far more than all else, so it is made only when it is its turn to file. @throws CombineError */
export function combineParts({ parts, epoch, digest }: OpenDuty): string {
  const combined = combinePartials({
    threshold: epoch.threshold,
    groupKey: fromHex(epoch.groupKey, 48),
    publicShares: new Map(epoch.members.map(({ index, publicShare }) => [index, fromHex(publicShare, 48)])),
    digest: fromHex(digest, 32),
    partials: [...parts].map(([index, { partial }]) => ({ index, partial: fromHex(partial, 96) })),
  });
  return toHex(combined);
}
