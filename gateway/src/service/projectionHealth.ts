import { faultBound, type Genesis } from "@comity/protocol";
import type { AnswerCache } from "./answerCache.ts";
import { GatewayError } from "./gatewayError.ts";
import type { NodeConsole, NodeStatus } from "./nodeConsole.ts";
import type { ProjectionView } from "./projectionView.ts";

export interface HealthDeps {
  readonly view: ProjectionView;
  readonly nodes: readonly NodeConsole[];
  readonly nodeStatus: AnswerCache<NodeStatus>;
  readonly genesis: Genesis;
  readonly now: () => number;
}

/** A busy ledger brings about as many blocks between two questions to the nodes. */
const TOLERATED_BLOCKS = 20;
const PATIENCE_MS = 10_000;

/** Number of the newest block that answers can speak of. @throws GatewayError PROJECTION_BROKEN, PROJECTION_BEHIND */
export function currentHeight(view: Pick<ProjectionView, "status">): number {
  const { state, reason, height } = view.status();
  if (state === "broken") {
    throw new GatewayError(
      "PROJECTION_BROKEN",
      `This gateway stopped following the ledger after block ${height} (${reason ?? "unknown"}), so it does not answer for it.`,
    );
  }
  if (height >= 0) return height;
  throw new GatewayError("PROJECTION_BEHIND", "This gateway has read nothing of the ledger yet.");
}

/** Whether the projection keeps up with the ledger. @throws GatewayError PROJECTION_BROKEN, PROJECTION_BEHIND */
export async function assertCurrent(deps: HealthDeps): Promise<void> {
  const height = currentHeight(deps.view);
  const { state, reason, sinceMs } = deps.view.status();
  if (state === "waiting" && deps.now() - (sinceMs ?? 0) > PATIENCE_MS) {
    const text = `What block ${height + 1} changed cannot be read yet (${reason ?? "unknown"}).`;
    throw new GatewayError("PROJECTION_BEHIND", text);
  }
  const lag = (await lagBlocks(deps)) ?? 0;
  if (lag > TOLERATED_BLOCKS) {
    const text = `This gateway has followed the ledger up to block ${height} and is ${lag} blocks behind.`;
    throw new GatewayError("PROJECTION_BEHIND", text);
  }
}

/** How far the ledger is ahead, at least; undefined where too few nodes say. f nodes that lie cannot make it greater. */
export async function lagBlocks(
  deps: Pick<HealthDeps, "view" | "nodes" | "nodeStatus" | "genesis">,
): Promise<number | undefined> {
  const statuses = await Promise.all(
    deps.nodes.map((node) => deps.nodeStatus.get(node.memberId, () => node.status())),
  );
  const heights = statuses
    .flatMap(({ ledgerHeight }) => (ledgerHeight === undefined ? [] : [Number(ledgerHeight)]))
    .sort((a, b) => b - a);
  const vouched = heights[faultBound(deps.genesis.members.length)];
  return vouched === undefined ? undefined : Math.max(0, vouched - deps.view.status().height);
}
