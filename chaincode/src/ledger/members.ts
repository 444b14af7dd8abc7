import type { MemberEntry, RegisterDocument } from "@comity/protocol";
import type { LedgerContext } from "./ledgerContext.ts";
import { ONLY, tables } from "./tables.ts";

/** Who the members are now, and who they were. */
export interface Members {
  /** How often they have changed; 0: as genesis founded them. */
  readonly rev: number;
  readonly active: readonly MemberEntry[];
  readonly former: readonly MemberEntry[];
  readonly document: RegisterDocument | undefined;
}

export async function membersOf(ctx: LedgerContext): Promise<Members> {
  const document = await ctx.table(tables.register).find(ONLY);
  if (document !== undefined)
    return { rev: document.rev, active: document.members, former: document.former, document };
  const { genesis } = ctx.network;
  return { rev: 0, active: genesis.members, former: [], document };
}
