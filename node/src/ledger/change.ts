import {
  alertDocument,
  bondDocument,
  decimal,
  decodeCanonical,
  digestDocument,
  DomainError,
  encodeCanonical,
  hex,
  hostDocument,
  integer,
  list,
  MAX_TIME_MS,
  noticeDocument,
  object,
  oneOf,
  registerView,
  registryNames,
  signedEpochRecord,
  siteDocument,
  venueDocument,
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

/** The newest block that changed a registry, as the statement about the registry names it. */
const registryChange = object({
  registry: oneOf(...registryNames),
  ledger: object({
    height: integer(0, Number.MAX_SAFE_INTEGER),
    blockHash: hex(32),
    timeMs: integer(0, MAX_TIME_MS),
  }),
});
export type RegistryChange = Decoded<typeof registryChange>;

/** What a block can change in a node's view of the ledger, by kind. */
const kinds = {
  register: registerView,
  site: siteDocument,
  host: hostDocument,
  notice: object({ height: decimal(MAX_HEIGHT), notice: noticeDocument }),
  alert: alertDocument,
  epochs: epochsView,
  bucket: object({ bucket: integer(0, Number.MAX_SAFE_INTEGER) }),
  venue: venueDocument,
  bond: bondDocument,
  digest: digestDocument,
  registry: registryChange,
};

type Kinds = typeof kinds;
export type ChangeKind = keyof Kinds;
export type Change = {
  [K in ChangeKind]: { readonly kind: K; readonly value: Decoded<Kinds[K]> };
}[ChangeKind];

/** What a block can change in what the coalition signs of its registries. */
export type RegistryPart = Extract<Change, { readonly kind: "venue" | "bond" | "digest" | "registry" }>;

/** Where a change is stored: a later one of the same thing replaces it, but every revision of a notice and of a case is kept. */
export function changeKey(change: Change): string {
  return `${change.kind}!${changeId(change)}`;
}

function changeId(change: Change): string {
  switch (change.kind) {
    case "site":
      return change.value.siteId;
    case "host":
      return change.value.hostId;
    case "notice":
      return `${change.value.notice.noticeId}!${sortableRevision(change.value.notice.rev)}`;
    case "alert":
      return change.value.alertId;
    case "register":
    case "epochs":
    case "bucket":
      return "";
    default:
      return registryChangeId(change);
  }
}

function registryChangeId({ kind, value }: RegistryPart): string {
  switch (kind) {
    case "venue":
      return `${value.venueId}!${sortableRevision(value.rev)}`;
    case "bond":
      return value.bondId;
    case "digest":
      return value.statement.registry;
    case "registry":
      return value.registry;
  }
}

function sortableRevision(rev: number): string {
  return String(rev).padStart(16, "0");
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
