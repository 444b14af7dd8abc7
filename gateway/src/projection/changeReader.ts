import { assertNamed, readNamed } from "@comity/ledger";
import {
  alertDocument,
  bondDocument,
  decodeCanonical,
  type Decoder,
  digestDocument,
  encodeCanonical,
  type Genesis,
  type LedgerEvent,
  type LedgerEventType,
  list,
  type NetworkId,
  noticeDocument,
  object,
  signedEpochRecord,
  storedAlert,
  venueDocument,
  verifyEpochChain,
} from "@comity/protocol";
import type { LedgerReader } from "../service/ledgerReader.ts";
import { type Change, ProjectionError } from "./change.ts";

export interface ChangeReaderOptions {
  readonly networkId: NetworkId;
  readonly genesis: Genesis;
}

const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;
const epochsView = object({ epochs: list(signedEpochRecord, 10_000) });

type Read = (event: LedgerEvent, height: number) => Promise<Change[]>;

/** Reads what an event says has changed, as far as the outside is told of it. A peer that lags or lies gives an error, and is asked again. */
export class ChangeReader {
  readonly #options: ChangeReaderOptions;
  readonly #ledger: LedgerReader;

  constructor(options: ChangeReaderOptions, deps: { readonly ledger: LedgerReader }) {
    this.#options = options;
    this.#ledger = deps.ledger;
  }

  /** @throws LedgerError, DecodeError, EpochError, ProjectionError PROJECTION_OTHER_NETWORK */
  async changesOf(event: LedgerEvent, height: bigint): Promise<readonly Change[]> {
    return (await this.#readers[event.type]?.(event, Number(height))) ?? [];
  }

  readonly #bond: Read = async (event, height) => [
    { kind: "bond", height, document: await this.#named(bondDocument, event, "bond:ReadRevision") },
  ];
  readonly #venue: Read = async (event, height) => [
    { kind: "venue", height, document: await this.#named(venueDocument, event, "designation:ReadRevision") },
  ];
  readonly #notice: Read = async (event, height) => [
    { kind: "notice", height, document: await this.#named(noticeDocument, event, "notice:ReadRevision") },
  ];

  readonly #readers: Partial<Record<LedgerEventType, Read>> = {
    genesis: (event) => Promise.resolve(this.#founding(event)),
    "key-activated": () => this.#epochs(),
    "notice-filed": this.#notice,
    "notice-amended": this.#notice,
    "notice-withdrawn": this.#notice,
    "notice-started": this.#notice,
    "notice-completed": this.#notice,
    "alert-opened": (event, height) => this.#alert(event, height),
    "bond-posted": this.#bond,
    "bond-accepted": this.#bond,
    "bond-swept": this.#bond,
    "bond-released": this.#bond,
    "venue-nominated": this.#venue,
    "venue-served": this.#venue,
    "venue-responded": this.#venue,
    "venue-vote-opened": this.#venue,
    "venue-voted": this.#venue,
    "venue-decided": this.#venue,
    "venue-published": this.#venue,
    "digest-filed": (event) => this.#digest(event),
  };

  #founding({ subject }: LedgerEvent): Change[] {
    if (subject === this.#options.networkId) return [];
    throw new ProjectionError("PROJECTION_OTHER_NETWORK", `the ledger belongs to the network ${subject}`);
  }

  /** What is read says also whether the alert is open, which is not part of what the event names. */
  async #alert(event: LedgerEvent, height: number): Promise<Change[]> {
    const alert = await this.#ask(alertDocument, "alert:Read", event.subject);
    const document = storedAlert(
      Object.fromEntries(Object.entries(alert).filter(([name]) => name !== "status")),
    );
    assertNamed(event, encodeCanonical(document));
    const own: Change = { kind: "alert", height, document };
    const { supersedes } = document;
    return supersedes === undefined ? [own] : [own, { kind: "superseded", alertId: supersedes, height }];
  }

  /** Only the newest digest of a registry can be read, and only it counts: of an older one a later event tells. */
  async #digest(event: LedgerEvent): Promise<Change[]> {
    const document = await this.#ask(digestDocument, "digest:Read", event.subject);
    if (document.rev > event.rev) return [];
    assertNamed(event, encodeCanonical(document));
    return [{ kind: "digest", document }];
  }

  /** The chain must lead back to genesis: no peer is believed about who holds the key. */
  async #epochs(): Promise<Change[]> {
    const { epochs } = await this.#ask(epochsView, "coalition:ReadEpochs");
    verifyEpochChain(this.#options.genesis, this.#options.networkId, epochs);
    return [{ kind: "epochs", epochs }];
  }

  async #named<T>(decoder: Decoder<T>, event: LedgerEvent, transaction: string): Promise<T> {
    return decode(decoder, await readNamed(this.#ledger, event, transaction));
  }

  async #ask<T>(decoder: Decoder<T>, transaction: string, subject?: string): Promise<T> {
    const args = subject === undefined ? [] : [subject];
    return decode(decoder, await this.#ledger.evaluate(transaction, ...args));
  }
}

function decode<T>(decoder: Decoder<T>, bytes: Uint8Array): T {
  return decoder(decodeCanonical(bytes, MAX_DOCUMENT_BYTES));
}
