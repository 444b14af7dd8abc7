import { ApiError, fetchBundle } from "../api.ts";
import { broken } from "../verdict.ts";
import type { VerifierClient } from "../verifierClient.ts";
import type { RegistryKind } from "./kind.ts";
import type { SignedList } from "./signedList.ts";
import type { EntryVerdict, RegistryDocument } from "./verdict.ts";

export type EntryCheck = "checking" | EntryVerdict;

/** Checks of single ids, each with the proof that the gateway has for it: that an entry is there, or that none is. */
export class EntryChecks<D extends RegistryDocument, L> {
  readonly #kind: RegistryKind<D, L>;
  readonly #signed: SignedList<D>;
  readonly #verifier: VerifierClient;
  readonly #onChange: () => void;
  readonly #checks = new Map<string, EntryCheck>();

  constructor(
    kind: RegistryKind<D, L>,
    deps: {
      readonly signed: SignedList<D>;
      readonly verifier: VerifierClient;
      readonly onChange: () => void;
    },
  ) {
    this.#kind = kind;
    this.#signed = deps.signed;
    this.#verifier = deps.verifier;
    this.#onChange = deps.onChange;
  }

  clear(): void {
    this.#checks.clear();
  }

  /** Of the id as the list that is shown has it. */
  of(id: string): EntryCheck | undefined {
    return this.#checks.get(this.#keyOf(id));
  }

  async check(id: string): Promise<void> {
    const key = this.#keyOf(id);
    if (this.#checks.get(key) === "checking") return;
    this.#checks.set(key, "checking");
    this.#onChange();
    this.#checks.set(key, await this.#verdict(id));
    this.#onChange();
  }

  proofUrl(id: string): string {
    return `${this.#kind.path}/${id}/bundle`;
  }

  #document(id: string): D | undefined {
    return this.#signed.documents().find((each) => this.#kind.idOf(this.#kind.listedOf(each)) === id);
  }

  #keyOf(id: string): string {
    return JSON.stringify([this.#signed.genesis, this.#signed.height, id]);
  }

  async #verdict(id: string): Promise<EntryVerdict> {
    const { genesis, height } = this.#signed;
    const document = this.#document(id) ?? null;
    const { registry } = this.#kind;
    try {
      const bundle = await fetchBundle(this.proofUrl(id));
      const what = { id, registry, height, document };
      return await this.#verifier.verify({ kind: "entry", ...what, bundle, genesis: genesis ?? "" });
    } catch (error) {
      if (error instanceof ApiError) return broken("PROOF_HIDDEN", error.message);
      return broken("CHECK_FAILED", error instanceof Error ? error.message : String(error));
    }
  }
}
