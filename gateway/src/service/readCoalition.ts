import {
  type EpochRecord,
  type Genesis,
  list,
  type NetworkId,
  object,
  type RegisterMember,
  registerView,
  signedEpochRecord,
} from "@comity/protocol";
import type { AnswerCache } from "./answerCache.ts";
import { GatewayError } from "./gatewayError.ts";
import { decodeAnswer, type LedgerReader } from "./ledgerReader.ts";
import type { NodeConsole, NodeStatus } from "./nodeConsole.ts";
import type { ProjectionView } from "./projectionView.ts";

export interface CoalitionDeps {
  readonly ledger: LedgerReader;
  readonly view: Pick<ProjectionView, "status">;
  readonly nodes: readonly NodeConsole[];
  readonly nodeStatus: AnswerCache<NodeStatus>;
  readonly genesis: Genesis;
  readonly networkId: NetworkId;
}

/** `unregistered`: not on the ledger yet. `unknown`: registered, and this gateway has no console address of it. */
export type NodeState = NodeStatus["state"] | "unregistered" | "unknown";

export interface CoalitionMember {
  readonly index: number;
  readonly memberId: string;
  readonly name: string;
  readonly node: { readonly state: NodeState; readonly ledgerHeight: string | null };
}

export interface Coalition {
  readonly networkId: NetworkId;
  readonly name: string;
  readonly mode: Genesis["mode"];
  /** What a visitor must know about an evaluation network; null in production. */
  readonly evaluationNotice: string | null;
  readonly clock: Genesis["clock"];
  readonly threshold: number;
  readonly members: readonly CoalitionMember[];
  /** The group key in force; null until the members have generated one. */
  readonly key: { readonly keyEpoch: number; readonly groupKey: string } | null;
  /** The greatest that a node reports, decimal; null where none does. */
  readonly ledgerHeight: string | null;
  /** Number of the newest block that this gateway has followed; null before the first. */
  readonly height: number | null;
}

/** @throws GatewayError; LedgerError */
export async function readCoalition(deps: CoalitionDeps): Promise<Coalition> {
  const { genesis, networkId } = deps;
  const { height } = deps.view.status();
  const [registered, epoch, statuses] = await Promise.all([
    readRegister(deps),
    readEpoch(deps.ledger),
    readStatuses(deps),
  ]);
  const members = registered.map(({ index, memberId, name, node }): CoalitionMember => {
    const status = statuses.get(memberId);
    const state = node ? (status?.state ?? "unknown") : "unregistered";
    return { index, memberId, name, node: { state, ledgerHeight: status?.ledgerHeight ?? null } };
  });
  return {
    networkId,
    name: genesis.name,
    mode: genesis.mode,
    evaluationNotice: evaluationNotice(genesis),
    clock: genesis.clock,
    threshold: genesis.threshold,
    members,
    key: epoch ? { keyEpoch: epoch.keyEpoch, groupKey: epoch.groupKey } : null,
    ledgerHeight: greatest(members.map(({ node }) => node.ledgerHeight)),
    height: height < 0 ? null : height,
  };
}

/** The members as the ledger has them; refuses to go on with a ledger of another network. @throws GatewayError LEDGER_NETWORK */
export async function readRegister(
  deps: Pick<CoalitionDeps, "ledger" | "networkId">,
): Promise<readonly RegisterMember[]> {
  const register = decodeAnswer(await deps.ledger.evaluate("coalition:ReadRegister"), registerView);
  if (register.networkId === deps.networkId) return register.members;
  throw new GatewayError(
    "LEDGER_NETWORK",
    `The ledger is of network ${register.networkId}, the gateway of ${deps.networkId}.`,
  );
}

async function readEpoch(ledger: LedgerReader): Promise<EpochRecord | undefined> {
  const answer = await ledger.evaluate("coalition:ReadEpochs");
  return decodeAnswer(answer, object({ epochs: list(signedEpochRecord, 10_000) })).epochs.at(-1)?.record;
}

async function readStatuses({ nodes, nodeStatus }: CoalitionDeps): Promise<ReadonlyMap<string, NodeStatus>> {
  const statuses = nodes.map(async (node) => {
    const status = await nodeStatus.get(node.memberId, () => node.status());
    return [node.memberId, status] as const;
  });
  return new Map(await Promise.all(statuses));
}

function evaluationNotice({ mode, clock }: Genesis): string | null {
  if (mode === "production") return null;
  return (
    `This is an evaluation network: what it says has no authority over anybody. ${paceOf(clock)} ` +
    "On the embedded ledger, its default, one process keeps all blocks, so it tolerates no faults and no dishonest ledger operator."
  );
}

function paceOf({ scale, scaledMs }: Genesis["clock"]): string {
  if (scale === 1 || scaledMs === 0) return "Its clock runs in real time.";
  const minutes = `${Math.round(scaledMs / 6_000) / 10} minutes`;
  const factor = scale.toLocaleString("en-GB");
  return `For its first ${minutes} its clock runs ${factor} times as fast as real time, so its dates are not the calendar's.`;
}

function greatest(heights: readonly (string | null)[]): string | null {
  const known = heights.filter((height) => height !== null).map(BigInt);
  return known.length === 0 ? null : known.reduce((a, b) => (a > b ? a : b)).toString();
}
