import {
  alertDocument,
  decimal,
  decodeCanonical,
  DomainError,
  encodeCanonical,
  hostDocument,
  integer,
  list,
  noticeDocument,
  object,
  registerView,
  signedEpochRecord,
  siteDocument,
  type Decoded,
  type Decoder,
} from "@comity/protocol";

export class LedgerViewError extends DomainError<
  "LEDGER_STORE_INVALID" | "LEDGER_OTHER_NETWORK" | "LEDGER_ANSWER_INVALID"
> {}

const MAX_HEIGHT = 2n ** 63n;
const MAX_EPOCHS = 10_000;
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

export const epochsView = object({ epochs: list(signedEpochRecord, MAX_EPOCHS) });

/** What a block can change in a node's view of the ledger, by kind. */
const kinds = {
  register: registerView,
  site: siteDocument,
  host: hostDocument,
  notice: object({ height: decimal(MAX_HEIGHT), notice: noticeDocument }),
  alert: alertDocument,
  epochs: epochsView,
  bucket: object({ bucket: integer(0, Number.MAX_SAFE_INTEGER) }),
};

type Kinds = typeof kinds;
export type ChangeKind = keyof Kinds;
export type Change = {
  [K in ChangeKind]: { readonly kind: K; readonly value: Decoded<Kinds[K]> };
}[ChangeKind];

/** Where a change is stored: a later one of the same thing replaces it, but every revision of a notice is kept. */
export function changeKey(change: Change): string {
  return `${change.kind}!${changeId(change)}`;
}

function changeId({ kind, value }: Change): string {
  switch (kind) {
    case "site":
      return value.siteId;
    case "host":
      return value.hostId;
    case "notice":
      return `${value.notice.noticeId}!${String(value.notice.rev).padStart(16, "0")}`;
    case "alert":
      return value.alertId;
    case "register":
    case "epochs":
    case "bucket":
      return "";
  }
}

export function encodeChange(change: Change): Uint8Array {
  return encodeCanonical(change.value);
}

/** @throws LedgerViewError LEDGER_STORE_INVALID */
export function decodeChange(key: string, bytes: Uint8Array): Change {
  const kind = key.slice(0, key.indexOf("!"));
  const decoder: Decoder<unknown> | undefined = Object.hasOwn(kinds, kind)
    ? kinds[kind as ChangeKind]
    : undefined;
  if (!decoder)
    throw new LedgerViewError("LEDGER_STORE_INVALID", `the stored view of the ledger has an entry ${key}`);
  try {
    return { kind, value: decoder(decodeCanonical(bytes, MAX_DOCUMENT_BYTES)) } as Change;
  } catch (cause) {
    const text = `the stored view of the ledger cannot be read at ${key}; delete its folder to have it rebuilt`;
    throw new LedgerViewError("LEDGER_STORE_INVALID", text, { cause });
  }
}
