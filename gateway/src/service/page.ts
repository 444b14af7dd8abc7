import { type Decoder, list, MAX_PAGE_SIZE, object, text } from "@comity/protocol";
import { GatewayError } from "./gatewayError.ts";
import { decodeAnswer, type LedgerReader } from "./ledgerReader.ts";

export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** To be sent back for the next page; null on the last one. */
  readonly nextCursor: string | null;
}

const MAX_BOOKMARK = 512;

/** @throws GatewayError CURSOR_INVALID, LEDGER_ANSWER_MALFORMED; LedgerError */
export async function readPage<T>(
  ledger: LedgerReader,
  transaction: string,
  item: Decoder<T>,
  { limit, cursor }: PageRequest,
): Promise<Page<T>> {
  const answer = await ledger.evaluate(transaction, String(limit), bookmarkOf(cursor));
  const page = decodeAnswer(
    answer,
    object({ items: list(item, MAX_PAGE_SIZE), bookmark: text(MAX_BOOKMARK) }),
  );
  return { items: page.items, nextCursor: cursorOf(page.bookmark) };
}

/** The ledger's bookmark in a form that needs no escaping in a URL. Callers treat it as opaque. */
export function cursorOf(bookmark: string): string | null {
  return bookmark === "" ? null : Buffer.from(bookmark, "utf8").toString("base64url");
}

/** @throws GatewayError CURSOR_INVALID */
export function bookmarkOf(cursor: string | undefined): string {
  if (cursor === undefined) return "";
  const bookmark = Buffer.from(cursor, "base64url").toString("utf8");
  if (bookmark === "" || bookmark.length > MAX_BOOKMARK || cursorOf(bookmark) !== cursor) {
    throw new GatewayError(
      "CURSOR_INVALID",
      "The cursor is not one that this gateway gave out. Start without one.",
    );
  }
  return bookmark;
}
