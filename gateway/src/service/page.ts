import { GatewayError } from "./gatewayError.ts";
import { currentHeight } from "./projectionHealth.ts";
import type { DocumentKind, Documents, Place, ProjectionView, Written } from "./projectionView.ts";

export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface Page<T> {
  /** Number of the block as of which all pages of this list are. */
  readonly height: number;
  readonly items: readonly T[];
  /** To be sent back for the next page; null on the last one. */
  readonly nextCursor: string | null;
}

export interface PageSource<K extends DocumentKind> {
  readonly kind: K;
  /** As of which block a list starts; later pages go on as of the same. */
  readonly height: () => number | Promise<number>;
  readonly isWanted?: (document: Documents[K]) => boolean;
}

/**
 * A page of documents. Its cursor names the block, so that pages fit together whatever is written meanwhile.
 * @throws GatewayError CURSOR_INVALID, PROJECTION_BROKEN, PROJECTION_BEHIND
 */
export async function readPage<K extends DocumentKind>(
  view: ProjectionView,
  source: PageSource<K>,
  { limit, cursor }: PageRequest,
): Promise<Page<Written<K>>> {
  const { kind } = source;
  const reached = currentHeight(view);
  const { height, after } =
    cursor === undefined ? { height: await source.height() } : decodeCursor(kind, cursor);
  if (height > reached) throw new GatewayError("PROJECTION_BEHIND", `Block ${height} has not been read yet.`);
  const found = await take(limit + 1, wanted(view.scan(kind, { height, after }), source));
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const isLastPage = found.length <= limit || last === undefined;
  const nextCursor = isLastPage ? null : encodeCursor(kind, height, view.placeOf(kind, last.document));
  return { height, items, nextCursor };
}

async function* wanted<K extends DocumentKind>(
  all: AsyncIterable<Written<K>>,
  { isWanted }: PageSource<K>,
): AsyncGenerator<Written<K>> {
  for await (const written of all) if (isWanted?.(written.document) ?? true) yield written;
}

async function take<T>(count: number, from: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of from) if (items.push(item) >= count) break;
  return items;
}

/** In a form that needs no escaping in a URL. Callers treat it as opaque. */
export function encodeCursor(kind: DocumentKind, height: number, { order, id }: Place): string {
  return Buffer.from(`${kind}!${height}!${order}!${id}`, "utf8").toString("base64url");
}

/** @throws GatewayError CURSOR_INVALID */
export function decodeCursor(kind: DocumentKind, cursor: string): { height: number; after?: Place } {
  const text = Buffer.from(cursor, "base64url").toString("utf8");
  const [named, height = "", order = "", id = ""] = text.split("!");
  const place = { order, id };
  const isNumber = /^(0|[1-9][0-9]{0,14})$/.test(height);
  if (named !== kind || !isNumber || encodeCursor(kind, Number(height), place) !== cursor) {
    throw new GatewayError(
      "CURSOR_INVALID",
      "The cursor is not one that this gateway gave out for this list. Start without one.",
    );
  }
  return { height: Number(height), after: place };
}
