import { quorumOf } from "@comity/protocol";
import type { Condition } from "./readiness.ts";

export interface ConditionDeps {
  readonly probe: { isReachable(): Promise<boolean> };
  readonly view: {
    height(): bigint;
    unread(): { readonly height: bigint; readonly forMs: number } | undefined;
    currentEpoch(): unknown;
    members(): readonly unknown[];
  };
  readonly registration: { isDone(): boolean };
  readonly ceremony: { status(): { readonly attempt: number; readonly phase: string } };
  readonly network: { peers(): readonly { readonly connected: boolean }[] };
}

/** A peer may lag behind a block for a moment, but not so long. */
const UNREAD_MS = 30_000;

/** What a node needs before it can do all of its duties. That its intake listens is certain: without it the node does not start. */
export function nodeConditions(deps: ConditionDeps): Condition[] {
  const { probe, view, registration, ceremony, network } = deps;
  const connected = () => network.peers().filter((peer) => peer.connected).length;
  const needed = () => quorumOf(view.members().length) - 1;
  return [
    {
      code: "LEDGER_UNREACHABLE",
      isMet: () => probe.isReachable(),
      why: () => "no gateway of the ledger answers, or the ledger holds no genesis record",
    },
    {
      code: "LEDGER_NOT_FOLLOWED",
      isMet: () => view.height() >= 0n,
      why: () => "no block of the ledger has been read yet",
    },
    {
      code: "LEDGER_UNREADABLE",
      isMet: () => (view.unread()?.forMs ?? 0) < UNREAD_MS,
      why: () => {
        const { height, forMs } = view.unread() ?? { height: view.height(), forMs: 0 };
        return `block ${height} could not be read for ${Math.round(forMs / 1000)} s: the node's log says why`;
      },
    },
    {
      code: "NODE_NOT_REGISTERED",
      isMet: () => registration.isDone(),
      why: () => "the ledger's register does not show this node's addresses yet",
    },
    {
      code: "KEY_NOT_ACTIVE",
      isMet: () => view.currentEpoch() !== undefined,
      why: () => {
        const { attempt, phase } = ceremony.status();
        return `the coalition has no key yet: attempt ${attempt} is in phase ${phase}`;
      },
    },
    {
      code: "PEERS_MISSING",
      isMet: () => connected() >= needed(),
      why: () => `${connected()} of the other members' nodes are connected, ${needed()} are needed`,
    },
  ];
}
