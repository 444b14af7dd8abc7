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

/**
 * What other members' case officers ask to be opened and nobody has approved, the newest first; undefined where the ledger does not say. Whether a
 * tip is sealed for this member's officer too, only that officer's machine finds out.
 */
export async function requestedOpenings(
  ledger: LedgerQueries,
  memberId: MemberId,
): Promise<OpeningDocument[] | undefined> {
  try {
    const all = await readAll(ledger);
    return all
      .filter(({ status, requestedBy }) => status === "requested" && requestedBy !== memberId)
      .reverse();
  } catch {
    return undefined; // the page shows the rest all the same
  }
}

async function readAll(ledger: LedgerQueries): Promise<OpeningDocument[]> {
  const all: OpeningDocument[] = [];
  let bookmark = "";
  do {
    const bytes = await ledger.evaluate("bounty:ListOpenings", String(MAX_PAGE_SIZE), bookmark);
    const found = openings(decodeCanonical(bytes, MAX_DOCUMENT_BYTES));
    all.push(...found.items);
    ({ bookmark } = found);
  } while (bookmark !== "");
  return all;
}
