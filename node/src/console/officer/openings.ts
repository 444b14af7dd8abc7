import { pagesOf } from "@comity/ledger";
import { type MemberId, openingDocument, type OpeningDocument } from "@comity/protocol";
import type { LedgerQueries } from "../../ledger/ports.ts";

/** Any officer may ask for as many as it likes; a page of the console must not become too long to read, or to make. */
const MAX_PAGES = 10;

export interface RequestedOpenings {
  readonly found: readonly OpeningDocument[];
  /** False where the ledger did not answer, or holds more than one look takes in. */
  readonly isWhole: boolean;
}

/**
 * What other members' case officers ask to be opened and nobody has approved, the newest first. Whether a tip is sealed for this member's officer
 * too, only that officer's machine finds out.
 */
export async function requestedOpenings(
  ledger: LedgerQueries,
  memberId: MemberId,
): Promise<RequestedOpenings> {
  const all: OpeningDocument[] = [];
  const isWhole = await readInto(all, ledger).catch(() => false); // the page shows the rest all the same
  const waiting = all.filter(({ status, requestedBy }) => status === "requested" && requestedBy !== memberId);
  return { found: waiting.reverse(), isWhole };
}

/** Whether that was all. @throws LedgerError, DecodeError */
async function readInto(all: OpeningDocument[], ledger: LedgerQueries): Promise<boolean> {
  let pages = 0;
  for await (const { items, bookmark } of pagesOf(ledger, "bounty:ListOpenings", openingDocument)) {
    all.push(...items);
    if (++pages === MAX_PAGES) return bookmark === "";
  }
  return true;
}
