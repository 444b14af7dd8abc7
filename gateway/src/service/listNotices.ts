import { noticeDocument, type NoticeDocument } from "@comity/protocol";
import type { LedgerReader } from "./ledgerReader.ts";
import { type Page, type PageRequest, readPage } from "./page.ts";

/** Model Run Notices in the ledger's order. All of a notice is public. */
export function listNotices(ledger: LedgerReader, request: PageRequest): Promise<Page<NoticeDocument>> {
  return readPage(ledger, "notice:List", noticeDocument, request);
}
