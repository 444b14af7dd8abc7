import type { KeySession, KeySessionView } from "@comity/protocol";
import type { Deal } from "@comity/threshold/verify";
import type { LedgerContext } from "../ledger/ledgerContext.ts";
import { tables } from "../ledger/tables.ts";
import { KeyBoard } from "./keyBoard.ts";
import type { ClosingPhase } from "./keyRules.ts";

const NONE = { attempt: 0, threshold: 0, phase: "none", openedMs: 0, phaseOpenedMs: 0 } as const;
const EMPTY = {
  excluded: [],
  disqualified: [],
  qualified: [],
  accepts: [],
  deals: [],
  closedVotes: [],
  confirms: [],
  signatures: [],
};

/** The whole board. */
export async function readKeySession(ctx: LedgerContext): Promise<KeySessionView<Deal>> {
  const board = new KeyBoard(ctx);
  const session = await board.find();
  if (session === undefined) return { ...NONE, ...EMPTY };
  const { attempt, threshold, phase, openedMs, phaseOpenedMs, excluded, disqualified, qualified, aborted } =
    session;
  const stored = await ctx.table(tables.keyRecord).find(attempt);
  return {
    ...{ attempt, threshold, phase, openedMs, phaseOpenedMs, excluded, disqualified, qualified },
    ...(aborted && { aborted }),
    ...(await readPosts(board, session)),
    ...(stored && { record: stored.record }),
  };
}

type Posts = Pick<KeySessionView<Deal>, "accepts" | "deals" | "closedVotes" | "confirms" | "signatures">;

async function readPosts(board: KeyBoard, { attempt, phase }: KeySession): Promise<Posts> {
  const accepts = await board.accepts(attempt);
  const deals = await board.deals(attempt);
  const confirms = await board.confirms(attempt);
  const signatures = await board.signatures(attempt);
  const votes = isClosing(phase) ? await board.votes(attempt, phase) : [];
  return {
    accepts: accepts.map(({ index, encryptionKey, proof }) => ({ index, encryptionKey, proof })),
    deals: deals.map(({ index, deal, conflictHash }) => ({
      index,
      deal,
      ...(conflictHash && { conflictHash }),
    })),
    closedVotes: votes.map(({ index }) => index),
    confirms: confirms.map(({ index, partial }) => ({ index, partial })),
    signatures: signatures.map(({ index, signature }) => ({ index, signature })),
  };
}

function isClosing(phase: KeySession["phase"]): phase is ClosingPhase {
  return phase === "accept" || phase === "deal" || phase === "confirm";
}
