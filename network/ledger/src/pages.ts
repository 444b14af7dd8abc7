import { decodeCanonical, type Decoder, MAX_PAGE_SIZE, page, type Page } from "@comity/protocol";
import type { LedgerClient } from "./ledgerClient.ts";

type Queries = Pick<LedgerClient, "evaluate">;

/** A hundred documents of the largest kind that a contract stores are far fewer bytes. */
const maxPageBytes = 16 * 1024 * 1024;

/**
 * What the ledger lists, a page at a time, so that a reader can stop where it has enough.
 * @param transaction a query whose last two arguments are page size and bookmark; `args` are those before
 * @throws LedgerError, or DomainError where an answer is no such page
 */
export async function* pagesOf<T>(
  ledger: Queries,
  transaction: string,
  item: Decoder<T>,
  ...args: readonly string[]
): AsyncGenerator<Page<T>> {
  const decode = page(item);
  let bookmark = "";
  do {
    const bytes = await ledger.evaluate(transaction, ...args, String(MAX_PAGE_SIZE), bookmark);
    const answer = decode(decodeCanonical(bytes, maxPageBytes));
    yield answer;
    ({ bookmark } = answer);
  } while (bookmark !== "");
}

/** All that the ledger lists. @throws like `pagesOf` */
export async function readAll<T>(
  ledger: Queries,
  transaction: string,
  item: Decoder<T>,
  ...args: readonly string[]
): Promise<T[]> {
  const all: T[] = [];
  for await (const { items } of pagesOf(ledger, transaction, item, ...args)) all.push(...items);
  return all;
}
