import {
  decodeCanonical,
  MAX_PAGE_SIZE,
  type MemberId,
  openingDocument,
  type OpeningDocument,
  page,
} from "@comity/protocol";
import { MAX_DOCUMENT_BYTES } from "../../ledger/change.ts";
import type { LedgerQueries } from "../../ledger/ports.ts";

const openings = page(openingDocument);

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
  let bookmark = "";
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const bytes = await ledger.evaluate("bounty:ListOpenings", String(MAX_PAGE_SIZE), bookmark);
    const read = openings(decodeCanonical(bytes, MAX_DOCUMENT_BYTES));
    all.push(...read.items);
    ({ bookmark } = read);
    if (bookmark === "") return true;
  }
  return false;
}
