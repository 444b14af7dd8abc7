import {
  alertId,
  type Decoder,
  type NoticeDocument,
  decodeAlert,
  type Decoded,
  hex,
  integer,
  list,
  literal,
  MAX_BUNDLE_BYTES,
  noticeDocument,
  nullable,
  object,
  oneOf,
  optional,
  text,
} from "@comity/protocol";

const nodeStates = ["ready", "unready", "unreachable", "unregistered", "unknown"] as const;
const count = integer(0, Number.MAX_SAFE_INTEGER);

const coalition = object({
  networkId: hex(32),
  name: text(80),
  mode: oneOf("evaluation", "production"),
  evaluationNotice: nullable(text(1000)),
  clock: object({ originMs: count, scale: count, scaledMs: count, bucketMs: count }),
  threshold: count,
  members: list(
    object({
      index: count,
      memberId: text(2),
      name: text(80),
      node: object({ state: oneOf(...nodeStates), ledgerHeight: nullable(text(20)) }),
    }),
    128,
  ),
  key: nullable(object({ keyEpoch: count, groupKey: hex(48) })),
  ledgerHeight: nullable(text(20)),
  height: nullable(count),
});
export type Coalition = Decoded<typeof coalition>;

const alert = object({
  schemaVersion: literal(1),
  rev: count,
  alertId,
  kind: literal("alert"),
  keyEpoch: count,
  statement: decodeAlert,
  signature: hex(96),
  digest: hex(32),
  filedMs: count,
  supersedes: optional(alertId),
  status: oneOf("open", "superseded"),
});
export type Alert = Decoded<typeof alert>;
export type Notice = NoticeDocument;

/** The gateway's nodes may have to gather a bundle first. */
const BUNDLE_TIMEOUT_MS = 30_000;
const MAX_PAGES = 20;
/** A registry must be read to its end, since only the whole of it can be verified. */
const MAX_REGISTRY_PAGES = 500;
const PAGE_SIZE = 100;

/** A list as far as this page reads it. */
export interface Listing<T> {
  /** Number of the block as of which it is. */
  readonly height: number;
  readonly items: readonly T[];
  /** There is more than a page like this can show. */
  readonly isCut: boolean;
}

/** The gateway could not be asked, or gave an answer that cannot be read. */
export class ApiError extends Error {
  readonly status: number | undefined;

  constructor(message: string, status?: number, options?: ErrorOptions) {
    super(message, options);
    this.name = "ApiError";
    this.status = status;
  }
}

export async function fetchCoalition(): Promise<Coalition> {
  return decodeJson(await get("/v1/coalition"), coalition);
}

export async function fetchGenesis(): Promise<Uint8Array> {
  return bytesOf(await get("/v1/genesis"));
}

export async function fetchBundle(url: string): Promise<Uint8Array> {
  return bytesOf(await get(url, BUNDLE_TIMEOUT_MS));
}

export function bundleUrl(id: string): string {
  return `/v1/alerts/${id}/bundle`;
}

export const fetchNotices = (): Promise<Listing<Notice>> => fetchAll("/v1/notices", noticeDocument);
export const fetchAlerts = (): Promise<Listing<Alert>> => fetchAll("/v1/alerts", alert);

/** Pages of one list, which are all as of the same block. */
async function fetchAll<T>(path: string, item: Decoder<T>, maxPages = MAX_PAGES): Promise<Listing<T>> {
  const page = object({ height: count, items: list(item, PAGE_SIZE), nextCursor: nullable(text(1024)) });
  const items: T[] = [];
  let cursor: string | null = null;
  let height = 0;
  for (let number = 0; number < maxPages; number++) {
    const query: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const answer: Decoded<typeof page> = await decodeJson(
      await get(`${path}?limit=${PAGE_SIZE}${query}`),
      page,
    );
    items.push(...answer.items);
    ({ height, nextCursor: cursor } = answer);
    if (cursor === null) return { height, items, isCut: false };
  }
  return { height, items, isCut: true };
}

/** All of a registry. @throws ApiError also where it is longer than a page like this can take in */
export async function fetchWhole<T>(path: string, item: Decoder<T>): Promise<Listing<T>> {
  const listing = await fetchAll(path, item, MAX_REGISTRY_PAGES);
  if (!listing.isCut) return listing;
  throw new ApiError("The list is longer than this page can take in. Use the command line.");
}

export async function fetchJson<T>(path: string, decode: Decoder<T>): Promise<T> {
  return decodeJson(await get(path), decode);
}

async function get(path: string, timeoutMs = 10_000): Promise<Response> {
  try {
    const response = await fetch(path, { redirect: "error", signal: AbortSignal.timeout(timeoutMs) });
    if (response.ok) return response;
    throw new ApiError(await detailOf(response), response.status);
  } catch (cause) {
    if (cause instanceof ApiError) throw cause;
    throw new ApiError("The gateway does not answer.", undefined, { cause });
  }
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.length > MAX_BUNDLE_BYTES) throw new ApiError("The gateway sent more than a bundle may have.");
  return bytes;
}

async function decodeJson<T>(response: Response, decode: Decoder<T>): Promise<T> {
  try {
    return decode(await response.json());
  } catch (cause) {
    throw new ApiError("The gateway gave an answer that cannot be read.", undefined, { cause });
  }
}

async function detailOf(response: Response): Promise<string> {
  const fallback = `The gateway answered with status ${response.status}.`;
  try {
    return object({ type: text(200), title: text(200), status: count, detail: text(1000), code: text(80) })(
      await response.json(),
    ).detail;
  } catch {
    return fallback;
  }
}
