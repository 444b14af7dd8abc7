import type { Genesis } from "@comity/protocol";
import type { TipCertificate, TipHour, TipPlace } from "@comity/tip";
import type { GossipNetwork } from "../gossip/network.ts";
import type { Certificates } from "./certificates.ts";
import { TipStoreError } from "./tipError.ts";
import type { TipHours } from "./tipHours.ts";
import type { TipReplicator } from "./tipReplicator.ts";
import type { TipSources, WaitingTip } from "./tipServer.ts";
import type { TipStore } from "./tipStore.ts";
import { fetchTip } from "./tipStreams.ts";

export interface TipServiceOptions {
  readonly members: Genesis["members"];
  readonly answerTimeoutMs: number;
}

export interface TipServiceDeps {
  readonly store: TipStore;
  readonly certificates: Certificates;
  readonly hours: TipHours;
  readonly replicator: TipReplicator;
  readonly network: Pick<GossipNetwork, "request" | "peers">;
}

/** What the node does with tips, for its server. */
export class TipService implements TipSources {
  readonly #options: TipServiceOptions;
  readonly #deps: TipServiceDeps;

  constructor(options: TipServiceOptions, deps: TipServiceDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** Replication begins at once, and nobody waits for it. */
  async accept(cell: Uint8Array): Promise<TipPlace> {
    const { store, replicator } = this.#deps;
    const place = await store.accept(cell);
    const tip = store.ownTip(place.cellHash);
    if (tip !== undefined) replicator.replicate(tip);
    return place;
  }

  waiting(limit: number): WaitingTip[] {
    const idOf = (index: number) => this.#options.members.find((member) => member.index === index)?.memberId;
    return this.#deps.store
      .list()
      .slice(0, limit)
      .map(({ cellHash, tipHour, origin }) => ({
        cellHash,
        tipHour,
        memberId: idOf(origin) ?? String(origin),
      }));
  }

  async cell(cellHash: string): Promise<Uint8Array | undefined> {
    const own = await this.#deps.store.cell(cellHash);
    if (own !== undefined) return own;
    for (const { memberIndex, connected } of this.#deps.network.peers()) {
      const found = connected ? await this.#fetch(memberIndex, cellHash) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  }

  certificate(cellHash: string): TipCertificate {
    const { store, certificates } = this.#deps;
    if (store.ownTip(cellHash) === undefined)
      throw new TipStoreError("TIP_UNKNOWN", "this member's gateway took no such tip");
    const certificate = certificates.certificate(cellHash);
    if (certificate !== undefined) return certificate;
    throw new TipStoreError("TIP_CERTIFICATE_PENDING", "too few members hold the tip as yet; ask again");
  }

  hour(tipHour: number): TipHour {
    return this.#deps.hours.list(tipHour);
  }

  /** A member that does not answer, or has no such cell, is passed over. */
  async #fetch(member: number, cellHash: string): Promise<Uint8Array | undefined> {
    const signal = AbortSignal.timeout(this.#options.answerTimeoutMs);
    try {
      return await fetchTip(this.#deps.network, member, cellHash, signal);
    } catch {
      return undefined;
    }
  }
}
