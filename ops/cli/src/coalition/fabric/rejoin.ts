import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { dataIn } from "@comity/fabric";
import type { Processes } from "../ledgerEngine.ts";
import { channel } from "../networkFile.ts";
import { healthy } from "./localFabric.ts";
import type { RunningFabric } from "./runningFabric.ts";

/** Has a member's peer that lost its data begin anew from another member's snapshot. */
export async function rejoinBySnapshot(
  running: RunningFabric,
  memberId: string,
  processes: Processes,
): Promise<void> {
  const other = running.network.members.find((each) => each.memberId !== memberId);
  const donor = running.fabric.administratorOf(other?.memberId ?? "");
  const own = running.fabric.administratorOf(memberId);
  await donor.requestSnapshot(channel);
  const snapshot = await running.until("no snapshot of the channel is complete", () =>
    donor.newestSnapshot(channel),
  );
  await processes.stop(`peer-${memberId}`);
  await rm(dataIn(running.layout.memberHome(memberId).peer), { recursive: true });
  await running.fabric.write();
  await processes.restart(`peer-${memberId}`);
  await healthy(running.fabric, running.never, running.deps);
  await own.joinBySnapshot(snapshot);
  await running.until(`the peer of ${memberId} does not join`, async () =>
    (await own.hasJoined(channel)) ? true : undefined,
  );
  await running.approveAgain();
}

/** Has a member's orderer that lost its data begin anew from what the others have. */
export async function rejoinOrderer(
  running: RunningFabric,
  memberId: string,
  processes: Processes,
): Promise<void> {
  await processes.stop(`orderer-${memberId}`);
  // What it has is given up only once somebody else has shown the channel.
  const { bytes } = await running.fabric.newestConfigBlock();
  await rm(dataIn(running.layout.memberHome(memberId).orderer), { recursive: true, force: true });
  await running.fabric.write();
  await processes.restart(`orderer-${memberId}`);
  // Others' may be away as well.
  await running.shows(`orderer-${memberId}`, "is not well", ({ isWell }) => isWell);
  const file = join(running.layout.fabric, `rejoin-${memberId}.block`);
  await writeFile(file, bytes);
  await running.fabric.administratorOf(memberId).joinOrderer(channel, file);
  await rm(file);
  await running.updated(memberId);
}
