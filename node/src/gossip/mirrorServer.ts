import { setImmediate as nextTurn } from "node:timers/promises";
import { decodeEntry, DomainError, parseLogOrigin } from "@comity/protocol";
import { hostCheck, type HostCheckDeps } from "../watchfloor/hostCheck.ts";
import { decodeMirrorRequest, encodeMirrorAnswer, type MirrorItem } from "./mirrorMessage.ts";
import type { GossipNetwork } from "./network.ts";
import { isKnownLog, type LogNames } from "./topics/logNames.ts";

export class MirrorError extends DomainError<"MIRROR_OWNER" | "MIRROR_SITE" | "MIRROR_HOST"> {}

/** Whose logs there are: of members, and of sites that the ledger shows; and who may sign what is in them. */
export interface MirrorNames extends Pick<LogNames, "networkId" | "site"> {
  readonly host: HostCheckDeps["ledger"]["host"];
  readonly members: readonly { readonly index: number; readonly memberId: string }[];
}

export interface MirrorServerDeps {
  readonly network: Pick<GossipNetwork, "serve">;
  readonly verify: HostCheckDeps["verify"];
  readonly logs: {
    head(origin: string): { readonly size: number } | undefined;
    mirror(
      origin: string,
      from: number,
      items: readonly MirrorItem[],
      checkpoint: string,
      proof?: readonly Uint8Array[],
    ): Promise<{ size: number }>;
  };
}

const ITEMS_PER_TURN = 32;

/** Stores what other members push of their own logs. The answer, the size now held, is given once it is on disk. */
export function serveMirror(names: MirrorNames, deps: MirrorServerDeps): void {
  deps.network.serve("mirror", async (bytes, from) => {
    const { origin, checkpoint, proof, items, ...request } = decodeMirrorRequest(bytes);
    assertOwner(names, origin, from);
    if (checkpoint === "") return encodeMirrorAnswer(deps.logs.head(origin)?.size ?? 0);
    await assertSigned(items, hostCheck(origin, { ledger: names, verify: deps.verify }));
    const { size } = await deps.logs.mirror(origin, request.from, items, checkpoint, proof);
    return encodeMirrorAnswer(size);
  });
}

function assertOwner(names: MirrorNames, origin: string, from: number): void {
  const name = parseLogOrigin(origin);
  const pusher = names.members.find(({ index }) => index === from);
  if (name.networkId !== names.networkId || name.memberId !== pusher?.memberId) {
    throw new MirrorError("MIRROR_OWNER", "only the member that keeps a log may push it");
  }
  // Each log costs a folder, an open file and a place: one member must not use up those of all.
  if (!isKnownLog(names, origin))
    throw new MirrorError("MIRROR_SITE", "the ledger does not show this site here yet");
}

/** What no enrolled host signed is no evidence: nobody must fill our disk, or the range of an alert, with it. @throws SegmentError */
async function assertSigned(
  items: readonly MirrorItem[],
  check: ReturnType<typeof hostCheck>,
): Promise<void> {
  for (const [turn, { entry }] of items.entries()) {
    if (turn % ITEMS_PER_TURN === ITEMS_PER_TURN - 1) await nextTurn();
    if (check(decodeEntry(entry)).is !== "genuine")
      throw new MirrorError("MIRROR_HOST", "the ledger does not show here yet that a host signed this entry");
  }
}
