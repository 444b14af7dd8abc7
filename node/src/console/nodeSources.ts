import type {
  EpochRecord,
  EquivocationMessage,
  Genesis,
  NetworkId,
  RegisterMember,
  SummaryMessage,
} from "@comity/protocol";
import type { ConsoleLog, ConsolePeer, ConsoleProposal, ConsoleSources } from "./consoleSources.ts";
import { missingOf, type Condition } from "./readiness.ts";
import { type ProposalStatus, waitsFor } from "../signing/proposalStatus.ts";

export interface NodeSourcesOptions {
  readonly memberId: string;
  readonly networkId: NetworkId;
  readonly genesis: Genesis;
  readonly conditions: readonly Condition[];
}

export interface NodeSourcesDeps {
  readonly view: {
    height(): bigint;
    currentEpoch(): EpochRecord | undefined;
    members(): readonly RegisterMember[];
    alerts(): readonly unknown[];
  };
  readonly logs: {
    list(): readonly ConsoleLog[];
    resource(origin: string, path: string): Promise<Uint8Array | undefined>;
  };
  readonly network: { peers(): readonly { readonly memberIndex: number; readonly connected: boolean }[] };
  readonly cosigner: { status(): readonly ProposalStatus[] };
  readonly keyStore: { shareFor(keyEpoch: number): Promise<unknown> };
  readonly ceremony: { status(): { readonly attempt: number; readonly phase: string } };
  readonly bundles: { bundle(alertId: string): Promise<Uint8Array | undefined> };
  readonly summaries: { latest(): readonly SummaryMessage[] };
  readonly equivocations: { proofs(): readonly EquivocationMessage[] };
  readonly metrics: { readonly contentType: string; metrics(): Promise<string> };
}

/** What the node's parts know, as the console shows it: members by their ids, never by their indices. */
export function nodeSources(options: NodeSourcesOptions, deps: NodeSourcesDeps): ConsoleSources {
  const idOf = (index: number) =>
    options.genesis.members.find((member) => member.index === index)?.memberId ?? String(index);
  return {
    missing: () => missingOf(options.conditions),
    status: () => statusOf(options, deps),
    peers: () => peersOf(options, deps),
    logs: () =>
      deps.logs
        .list()
        .map(({ origin, own, size, root, checkpoint }) => ({ origin, own, size, root, checkpoint })),
    proposals: () => deps.cosigner.status().map((proposal) => proposalOf(proposal, idOf)),
    summaries: () => deps.summaries.latest(),
    equivocations: () => deps.equivocations.proofs(),
    bundle: (alertId) => deps.bundles.bundle(alertId),
    resource: (origin, path) => deps.logs.resource(origin, path),
    metrics: async () => ({ contentType: deps.metrics.contentType, text: await deps.metrics.metrics() }),
  };
}

async function statusOf(
  options: NodeSourcesOptions,
  deps: NodeSourcesDeps,
): Promise<Record<string, unknown>> {
  const { memberId, networkId, genesis } = options;
  const epoch = deps.view.currentEpoch();
  const share = epoch && (await deps.keyStore.shareFor(epoch.keyEpoch));
  return {
    ...{ memberId, networkId, mode: genesis.mode, clock: genesis.clock },
    ledgerHeight: deps.view.height().toString(),
    keyEpoch: epoch?.keyEpoch ?? 0,
    groupKey: epoch?.groupKey ?? null,
    /** A member without a share appraises and refuses like the others, but cannot sign. */
    holdsShare: share !== undefined,
    keyGeneration: deps.ceremony.status(),
    openProposals: deps.cosigner.status().length,
    alerts: deps.view.alerts().length,
  };
}

function peersOf({ memberId }: NodeSourcesOptions, { view, network }: NodeSourcesDeps): ConsolePeer[] {
  const connected = new Set(network.peers().flatMap((peer) => (peer.connected ? [peer.memberIndex] : [])));
  return view
    .members()
    .filter((member) => member.memberId !== memberId)
    .map(({ memberId: id, name, index, node }) => ({
      ...{ memberId: id, name },
      connected: connected.has(index),
      peerId: node?.peerId,
    }));
}

function proposalOf(proposal: ProposalStatus, idOf: (index: number) => string): ConsoleProposal {
  const { digest, kind, subject, needed, signed, refused, missing, expiresAtMs } = proposal;
  return {
    ...{ digest, kind, subject, expiresAtMs },
    threshold: needed,
    signed: signed.map(idOf),
    refused: refused.map(({ memberIndex, reason }) => ({ memberId: idOf(memberIndex), reason })),
    missing: missing.map(idOf),
    why: waitsFor(proposal, idOf),
  };
}
