import { type AlertRequest, type Decision, type EpochRecord, fromHex, toHex } from "@comity/protocol";
import { combinePartials } from "@comity/threshold";
import type { CollectingSession, CompleteSession } from "./session.ts";

/** The coalition's signature from the partials of a session that has enough of them; verified under the group key. @throws CombineError */
export function combineSession(session: CollectingSession, epoch: EpochRecord): string {
  const partials = [...session.partials].map(([index, { partial }]) => ({
    index,
    partial: fromHex(partial, 96),
  }));
  const signature = combinePartials({
    threshold: epoch.threshold,
    groupKey: fromHex(epoch.groupKey, 48),
    publicShares: new Map(epoch.members.map(({ index, publicShare }) => [index, fromHex(publicShare, 48)])),
    digest: fromHex(session.digest, 32),
    partials,
  });
  return toHex(signature);
}

/** What the ledger is asked to file: the signature and every decision that is known, in order of members. */
export function alertRequestOf(session: CompleteSession): AlertRequest {
  const { kind, keyEpoch, statement } = session.proposal;
  const decisions: Decision[] = [...session.partials.values(), ...session.refusals.values()]
    .map(({ decision }) => decision)
    .sort((a, b) => a.memberIndex - b.memberIndex);
  return { kind, keyEpoch, statement, signature: session.signature, decisions };
}
