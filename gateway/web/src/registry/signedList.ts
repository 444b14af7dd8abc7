import { decodeDigest, type Decoded, hex, integer, literal, object } from "@comity/protocol";
import type { Anchor } from "../anchor.ts";
import { ApiError, fetchBundle, fetchJson, fetchWhole } from "../api.ts";
import { broken } from "../verdict.ts";
import type { VerifierClient } from "../verifierClient.ts";
import type { RegistryKind } from "./kind.ts";
import type { ListVerdict, RegistryDocument } from "./verdict.ts";

/** `unsigned`: the gateway says that the coalition has signed no digest of this registry yet. */
export type ListState = "unanchored" | "checking" | "unsigned" | ListVerdict;

/** An id that nothing has: its bundle carries the digest, and shows its absence. */
const NO_ID = "0".repeat(26);
/** How often in a row the gateway is asked for a proof in vain before it counts as hidden. */
const PATIENCE = 3;

const count = integer(0, Number.MAX_SAFE_INTEGER);
const digestAnswer = object({
  schemaVersion: literal(1),
  rev: count,
  keyEpoch: count,
  statement: decodeDigest,
  signature: hex(96),
  height: count,
});

/** What of a kind the signed list needs. */
type SignedKind<D extends RegistryDocument> = Pick<RegistryKind<D, never>, "registry" | "path" | "document">;

interface Loaded<D> {
  /** The digest that it was given with. */
  readonly key: string;
  readonly documents: readonly D[];
  readonly bundle: Uint8Array;
}

/** A registry as its newest digest has it: fetched as a whole, and checked as a whole. */
export class SignedList<D extends RegistryDocument> {
  readonly #kind: SignedKind<D>;
  readonly #verifier: VerifierClient;
  #anchor: Anchor = { kind: "missing" };
  #state: ListState = "unanchored";
  #loaded: Loaded<D> | undefined;
  /** Height of the newest digest that held. */
  #newest = 0;
  #misses = 0;

  constructor(kind: SignedKind<D>, verifier: VerifierClient) {
    this.#kind = kind;
    this.#verifier = verifier;
  }

  get state(): ListState {
    return this.#state;
  }

  get genesis(): string | undefined {
    return this.#anchor.kind === "given" ? this.#anchor.genesis : undefined;
  }

  /** Of the digest that held. */
  get height(): number {
    return this.#newest;
  }

  /** Nothing where they are not what the coalition signed. */
  documents(): readonly D[] {
    return typeof this.#state !== "string" && !this.#state.isVerified ? [] : (this.#loaded?.documents ?? []);
  }

  async anchorTo(anchor: Anchor): Promise<void> {
    this.#anchor = anchor;
    [this.#newest, this.#misses] = [0, 0];
    this.#state = anchor.kind === "given" ? "checking" : "unanchored";
    if (this.#loaded) await this.#verify(this.#loaded);
  }

  /** Takes in a digest that is new, and everything anew while something does not hold. @throws ApiError */
  async refresh(): Promise<void> {
    const digest = await this.#fetchDigest();
    if (digest === undefined) {
      this.#unsigned();
      return;
    }
    const { keyEpoch, statement, signature } = digest;
    const key = JSON.stringify([keyEpoch, statement, signature]);
    if (this.#isGood() && this.#loaded?.key === key) return;
    const loaded = await this.#load(key, statement.ledger.height);
    if (loaded === undefined) return;
    this.#loaded = loaded;
    await this.#verify(loaded);
  }

  async #fetchDigest(): Promise<Decoded<typeof digestAnswer> | undefined> {
    try {
      return await fetchJson(`/v1/digests/${this.#kind.registry}`, digestAnswer);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  #isGood(): boolean {
    return typeof this.#state === "string" ? this.#state === "unanchored" : this.#state.isVerified;
  }

  #unsigned(): void {
    this.#loaded = undefined;
    if (this.#anchor.kind !== "given") return;
    const isWithdrawn = this.#newest > 0;
    const why = "the gateway showed a signed list before and says now that nothing is signed";
    this.#state = isWithdrawn ? broken("LIST_ROLLED_BACK", why) : "unsigned";
  }

  /** Undefined where the list has gone on between the questions; the next poll asks again. */
  async #load(key: string, height: number): Promise<Loaded<D> | undefined> {
    const { registry, path, document } = this.#kind;
    try {
      const entries = await fetchWhole(`/v1/digests/${registry}/entries`, document);
      const bundle = await fetchBundle(`${path}/${NO_ID}/bundle`);
      if (entries.height !== height) return undefined;
      this.#misses = 0;
      return { key, documents: entries.items, bundle };
    } catch (error) {
      if (!(error instanceof ApiError) || error.status === undefined) throw error;
      if (this.genesis !== undefined && ++this.#misses >= PATIENCE)
        this.#state = broken("PROOF_HIDDEN", error.message);
      return undefined;
    }
  }

  async #verify(loaded: Loaded<D>): Promise<void> {
    const { genesis } = this;
    if (genesis === undefined) return;
    const { documents, bundle } = loaded;
    const { registry } = this.#kind;
    const notBefore = this.#newest;
    const verdict = await this.#verifier.verify({
      kind: "list",
      registry,
      genesis,
      bundle,
      documents,
      notBefore,
    });
    if (this.#loaded !== loaded || this.genesis !== genesis) return;
    this.#state = verdict;
    if (verdict.isVerified) this.#newest = verdict.digest.ledger.height;
  }
}
