import {
  type BlsVerifier,
  decidedRevisions,
  type DigestDocument,
  encodeEntryBundle,
  EntryBundleError,
  type Genesis,
  isListed,
  makeEntryBundle,
  type NetworkId,
  type RegistryEntry,
  type RegistryName,
  RegistryTree,
  type VenueDocument,
  verifyEntryBundle,
} from "@comity/protocol";
import { GatewayError } from "./gatewayError.ts";
import { type Kept, keptBytes } from "./kept.ts";
import { type Page, type PageRequest, readPage } from "./page.ts";
import { currentHeight } from "./projectionHealth.ts";
import type { ProjectionView } from "./projectionView.ts";

export interface RegistryServiceOptions {
  readonly genesis: Genesis;
  /** SHA-256 of the genesis record that this gateway was configured with. */
  readonly networkId: NetworkId;
  readonly maxKeptBytes: number;
  /** Bundles being made at once; more are refused. */
  readonly maxInFlight: number;
}

export interface RegistryServiceDeps {
  readonly view: ProjectionView;
  readonly bls: BlsVerifier;
}

/** A registry as its newest digest has it. */
interface Held {
  readonly digest: DigestDocument;
  readonly tree: RegistryTree;
}

const kinds = { venues: "venue", bonds: "bond" } as const;

/** The registries that the coalition signs: digests, what they cover, and a bundle for any id that shows its entry or that it has none. */
export class RegistryService {
  readonly #options: RegistryServiceOptions;
  readonly #deps: RegistryServiceDeps;
  readonly #held = new Map<RegistryName, Promise<Held>>();
  readonly #kept: Kept<Uint8Array>;
  #inFlight = 0;

  constructor(options: RegistryServiceOptions, deps: RegistryServiceDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#kept = keptBytes(options.maxKeptBytes);
  }

  /** @throws GatewayError DIGEST_UNKNOWN, PROJECTION_BROKEN, PROJECTION_BEHIND */
  async digest(registry: RegistryName): Promise<DigestDocument & { readonly height: number }> {
    const height = currentHeight(this.#deps.view);
    return { ...(await this.#newestDigest(registry)), height };
  }

  /** The documents that the newest digest covers, in the order of its tree; `height` is that of the digest. */
  async entries(registry: RegistryName, request: PageRequest): Promise<Page<RegistryEntry["document"]>> {
    const kind = kinds[registry];
    const height = async (): Promise<number> => (await this.#newestDigest(registry)).statement.ledger.height;
    const page =
      kind === "venue"
        ? await readPage(this.#deps.view, { kind, height, isWanted: isListed }, request)
        : await readPage(this.#deps.view, { kind, height }, request);
    return { ...page, items: page.items.map(({ document }) => document) };
  }

  /** @throws GatewayError DIGEST_UNKNOWN, REGISTRY_DIFFERS, GATEWAY_BUSY, PROJECTION_BROKEN, PROJECTION_BEHIND */
  async bundle(registry: RegistryName, id: string): Promise<Uint8Array> {
    currentHeight(this.#deps.view);
    const digest = await this.#newestDigest(registry);
    const key = `${registry} ${digest.rev} ${id}`;
    const kept = this.#kept.get(key);
    if (kept) return kept;
    if (this.#inFlight >= this.#options.maxInFlight) {
      throw new GatewayError(
        "GATEWAY_BUSY",
        "The gateway is making as many bundles as it can. Ask again in a second.",
      );
    }
    this.#inFlight++;
    try {
      const bytes = await this.#make(await this.#hold(registry, digest), id);
      this.#kept.set(key, bytes);
      return bytes;
    } finally {
      this.#inFlight--;
    }
  }

  async #newestDigest(registry: RegistryName): Promise<DigestDocument> {
    const digest = await this.#deps.view.digest(registry);
    if (digest) return digest;
    throw new GatewayError("DIGEST_UNKNOWN", `The coalition has not signed the registry ${registry} yet.`);
  }

  /** The tree of a digest is made once. */
  async #hold(registry: RegistryName, digest: DigestDocument): Promise<Held> {
    const held = await this.#held.get(registry)?.catch(() => undefined);
    if (held?.digest.rev === digest.rev) return held;
    const made = this.#makeTree(registry, digest);
    this.#held.set(registry, made);
    return made;
  }

  async #makeTree(registry: RegistryName, digest: DigestDocument): Promise<Held> {
    const { height } = digest.statement.ledger;
    const entries: RegistryEntry[] = [];
    for await (const { document } of this.#deps.view.scan(kinds[registry], { height })) {
      if ("bondId" in document) entries.push({ id: document.bondId, document });
      else if (isListed(document)) entries.push({ id: document.venueId, document });
    }
    return { digest, tree: new RegistryTree(registry, entries) };
  }

  async #make({ digest, tree }: Held, id: string): Promise<Uint8Array> {
    const { view } = this.#deps;
    const { registry } = digest.statement;
    const { height } = digest.statement.ledger;
    const { before, after } = tree.neighbours(id) ?? {};
    const documents = new Map<string, unknown>();
    for (const each of [id, before, after]) {
      const written = each === undefined ? undefined : await view.at(kinds[registry], each, height);
      if (written && each !== undefined) documents.set(each, written.document);
    }
    const { keyEpoch, statement, signature } = digest;
    const source = {
      genesis: this.#options.genesis,
      epochs: await view.epochs(),
      digest: { keyEpoch, statement, signature },
      tree,
    };
    const decided = registry === "venues" && tree.prove(id) ? await this.#decided(id, height) : [];
    return this.#verified(id, () =>
      encodeEntryBundle(makeEntryBundle({ ...source, document: (of) => documents.get(of) }, id, decided)),
    );
  }

  /** The revisions of a listed case that the coalition's signatures in it name. */
  async #decided(venueId: string, height: number): Promise<VenueDocument[]> {
    const revisions = (await this.#deps.view.history("venue", venueId, height)).map(
      ({ document }) => document,
    );
    const newest = revisions.at(-1);
    const wanted = newest === undefined ? [] : decidedRevisions(newest);
    return revisions.filter(({ rev }) => wanted.includes(rev));
  }

  /** Nothing goes out that a visitor would find broken. */
  #verified(id: string, make: () => Uint8Array): Uint8Array {
    try {
      const bytes = make();
      const { networkId: genesis } = this.#options;
      verifyEntryBundle(bytes, { genesis, id, bls: this.#deps.bls });
      return bytes;
    } catch (cause) {
      if (!(cause instanceof EntryBundleError)) throw cause;
      throw new GatewayError(
        "REGISTRY_DIFFERS",
        `What this gateway has read is not what the coalition signed: ${cause.message} (${cause.code}).`,
        { cause },
      );
    }
  }
}
