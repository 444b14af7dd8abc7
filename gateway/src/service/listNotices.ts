import type { NoticeDocument } from "@comity/protocol";
import { type Page, type PageRequest, readPage } from "./page.ts";
import { currentHeight } from "./projectionHealth.ts";
import type { ProjectionView } from "./projectionView.ts";

/** Model Run Notices in the order in which they were filed. All of a notice is public. */
export async function listNotices(view: ProjectionView, request: PageRequest): Promise<Page<NoticeDocument>> {
  const page = await readPage(view, { kind: "notice", height: () => currentHeight(view) }, request);
  return { ...page, items: page.items.map(({ document }) => document) };
}
