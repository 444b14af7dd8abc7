import { fetchWhole } from "../api.ts";
import { broken } from "../verdict.ts";
import { compareLists } from "./compare.ts";
import type { RegistryKind } from "./kind.ts";
import type { SignedList } from "./signedList.ts";
import type { RegistryBroken, RegistryDocument } from "./verdict.ts";

/** How many polls in a row something may be ahead of the signatures: nodes sign within seconds, unless too few of them run. */
const PATIENCE = 10;

/** The list that the gateway gives as of now, held against the signed one. */
export class NowList<D extends RegistryDocument, L> {
  readonly #kind: RegistryKind<D, L>;
  readonly #signed: SignedList<D>;
  /** By id and revision: for how many polls it has been ahead. */
  #waits = new Map<string, number>();
  #contradictions: ReadonlyMap<string, RegistryBroken> = new Map();
  #ahead: readonly L[] = [];

  constructor(kind: RegistryKind<D, L>, signed: SignedList<D>) {
    this.#kind = kind;
    this.#signed = signed;
  }

  /** What the gateway says contradicts what the coalition signed, by id. */
  get contradictions(): ReadonlyMap<string, RegistryBroken> {
    return this.#contradictions;
  }

  /** What the gateway says beyond what the coalition signed. */
  get ahead(): readonly L[] {
    return this.#ahead;
  }

  /** @throws ApiError */
  async refresh(): Promise<void> {
    const now = await fetchWhole(this.#kind.path, this.#kind.listed);
    // Another gateway behind the same address may not have come as far.
    if (now.height < this.#signed.height) return;
    const { contradictions, ahead } = compareLists(this.#kind, this.#signed.documents(), now.items);
    this.#ahead = ahead;
    this.#contradictions = new Map([...contradictions, ...this.#overdue(ahead)]);
  }

  #overdue(ahead: readonly L[]): (readonly [id: string, RegistryBroken])[] {
    const counted = ahead.map((listed) => {
      const id = this.#kind.idOf(listed);
      const key = `${id} ${this.#kind.revOf(listed)}`;
      return { id, key, count: (this.#waits.get(key) ?? 0) + 1 };
    });
    this.#waits = new Map(counted.map(({ key, count }) => [key, count]));
    const why = "the gateway has shown it for a while, and the coalition has not signed it";
    return counted
      .filter(({ count }) => count > PATIENCE)
      .map(({ id }) => [id, broken("UNSIGNED", why)] as const);
  }
}
