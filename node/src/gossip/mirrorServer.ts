import { DomainError, parseLogOrigin } from "@comity/protocol";
import { decodeMirrorRequest, encodeMirrorAnswer, type MirrorItem } from "./mirrorMessage.ts";
import type { GossipNetwork } from "./network.ts";
import { isKnownLog, type LogNames } from "./topics/logNames.ts";

export class MirrorError extends DomainError<"MIRROR_OWNER" | "MIRROR_SITE"> {}

/** Whose logs there are: of members, and of sites that the ledger shows. */
export interface MirrorNames extends Pick<LogNames, "networkId" | "site"> {
  readonly members: readonly { readonly index: number; readonly memberId: string }[];
}

export interface MirrorServerDeps {
  readonly network: Pick<GossipNetwork, "serve">;
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

/** Stores what other members push of their own logs. The answer, the size now held, is given once it is on disk. */
export function serveMirror(names: MirrorNames, deps: MirrorServerDeps): void {
  deps.network.serve("mirror", async (bytes, from) => {
    const { origin, checkpoint, proof, items, ...request } = decodeMirrorRequest(bytes);
    assertOwner(names, origin, from);
    if (checkpoint === "") return encodeMirrorAnswer(deps.logs.head(origin)?.size ?? 0);
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
