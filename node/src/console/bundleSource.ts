import {
  encodeBundle,
  verifyBundle,
  type AlertDocument,
  type BlsVerifier,
  type Bundle,
  type Ed25519Verify,
  type NetworkId,
} from "@comity/protocol";

export interface BundleSourceOptions {
  readonly networkId: NetworkId;
  readonly timeoutMs: number;
}

export interface BundleSourceDeps {
  readonly view: { alert(alertId: string): AlertDocument | undefined };
  /** Gathers the parts, from other members where need be. */
  readonly gather: (alert: AlertDocument, signal: AbortSignal) => Promise<Bundle>;
  readonly bls: BlsVerifier;
  readonly verify: Ed25519Verify;
}

const KEPT = 32;

/** Bundles of alerts on the ledger. One that does not verify is never handed out; one that does never changes, so it is kept. */
export class BundleSource {
  readonly #options: BundleSourceOptions;
  readonly #deps: BundleSourceDeps;
  readonly #made = new Map<string, Promise<Uint8Array>>();

  constructor(options: BundleSourceOptions, deps: BundleSourceDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** Undefined where the ledger has no such alert. @throws EvidenceError, BundleError */
  async bundle(alertId: string): Promise<Uint8Array | undefined> {
    const alert = this.#deps.view.alert(alertId);
    if (!alert) return undefined;
    const known = this.#made.get(alertId);
    if (known) return known;
    const making = this.#make(alert);
    this.#keep(alertId, making);
    return making;
  }

  async #make(alert: AlertDocument): Promise<Uint8Array> {
    const bytes = encodeBundle(await this.#deps.gather(alert, AbortSignal.timeout(this.#options.timeoutMs)));
    verifyBundle(bytes, {
      genesis: this.#options.networkId,
      bls: this.#deps.bls,
      ed25519: this.#deps.verify,
    });
    return bytes;
  }

  #keep(alertId: string, making: Promise<Uint8Array>): void {
    this.#made.set(alertId, making);
    making.catch(() => this.#made.delete(alertId));
    const [oldest] = this.#made.keys();
    if (this.#made.size > KEPT && oldest !== undefined) this.#made.delete(oldest);
  }
}
