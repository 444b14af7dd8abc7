import type { Topology } from "@comity/fabric";
import type { Processes } from "../ledgerEngine.ts";
import { localFabric } from "./localFabric.ts";
import { assertNotBegun } from "./membershipDraft.ts";
import { rejoinOrderer } from "./rejoin.ts";
import { isOrdererExpired, issueAnew, renewed, takeIntoUse } from "./renewal.ts";
import type { RunningFabric } from "./runningFabric.ts";

/** Gives a member's orderer and peer new certificates and keys. */
export async function renewCertificates(
  running: RunningFabric,
  memberId: string,
  processes: Processes,
): Promise<void> {
  await assertNotBegun(running.layout, running.fabric);
  const isExpired = await isOrdererExpired(running.layout, memberId, running.deps.now());
  await issueAnew(running.layout, memberId, running.deps.now);
  const alter = (topology: Topology): Topology => renewed(running.layout, memberId, topology);
  const next = await localFabric(running.layout, running.search, { alter });
  const update = await next.missingUpdate();
  if (update !== undefined) await next.sendUpdate(update, [memberId]);
  // Its own orderer, too, must know the new consenter before it starts anew as that: unless nobody speaks with it any more.
  if (!isExpired) await running.updated(memberId, next);
  await takeIntoUse(running.layout, memberId);
  await running.fabric.write();
  await running.connect(running.release);
  if (isExpired) await rejoinOrderer(running, memberId, processes);
  else await processes.restart(`orderer-${memberId}`);
  await processes.stop(`peer-${memberId}`);
  await running.fabric.reconnect(memberId);
  await processes.restart(`peer-${memberId}`);
  await running.updated(memberId);
}
