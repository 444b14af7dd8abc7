import type { LedgerClient } from "@comity/ledger";
import { type Decoder, MAX_PAGE_SIZE, page } from "@comity/protocol";

/** All documents of a listing, page by page. */
export async function readAll<T>(
  ledger: LedgerClient,
  transaction: string,
  item: Decoder<T>,
  ...args: string[]
): Promise<T[]> {
  const decodePage = page(item);
  const items: T[] = [];
  let bookmark = "";
  do {
    const bytes = await ledger.evaluate(transaction, ...args, String(MAX_PAGE_SIZE), bookmark);
    const answer = decodePage(JSON.parse(Buffer.from(bytes).toString()));
    items.push(...answer.items);
    bookmark = answer.bookmark;
  } while (bookmark !== "");
  return items;
}
