import {
  alertDocument,
  bondDocument,
  decodeCanonical,
  digestDocument,
  encodeCanonical,
  hostDocument,
  noticeDocument,
  registerView,
  sha256,
  siteDocument,
  toHex,
  venueDocument,
  verifyEpochChain,
  type Decoder,
  type Ed25519Verify,
  type Genesis,
  type LedgerEvent,
  type LedgerEventType,
  type NetworkId,
  type RegisterView,
} from "@comity/protocol";
import { readAll } from "@comity/ledger";
import { epochsView, LedgerViewError, MAX_DOCUMENT_BYTES, type Change } from "./change.ts";
import type { LedgerQueries } from "./ports.ts";

export interface LedgerReaderOptions {
  readonly networkId: NetworkId;
  readonly genesis: Genesis;
}

export interface LedgerReaderDeps {
  readonly ledger: LedgerQueries;
  readonly verify: Ed25519Verify;
}

/** Reads what an event says has changed. A peer that lags behind the block gives an error, and the caller asks again. */
export class LedgerReader {
  readonly #options: LedgerReaderOptions;
  readonly #deps: LedgerReaderDeps;

  constructor(options: LedgerReaderOptions, deps: LedgerReaderDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** @throws LedgerError, LedgerViewError, DecodeError, EpochError */
  async changesOf(event: LedgerEvent, height: bigint): Promise<Change[]> {
    return (await this.#readers[event.type]?.(event, height)) ?? [];
  }

  /** Who the members are now. @throws LedgerError, LedgerViewError, DecodeError, CanonicalError */
  async register(): Promise<RegisterView> {
    const register = await this.#ask(registerView, "coalition:ReadRegister");
    if (register.networkId === this.#options.networkId) return register;
    throw new LedgerViewError(
      "LEDGER_OTHER_NETWORK",
      `the register is that of the network ${register.networkId}`,
    );
  }

  readonly #readers: Partial<
    Record<LedgerEventType, (event: LedgerEvent, height: bigint) => Promise<Change[]>>
  > = {
    genesis: (event) => this.#founding(event),
    "node-registered": () => this.#registerChange(),
    "member-joined": () => this.#registerChange(),
    "member-left": () => this.#registerChange(),
    "bucket-closed": ({ subject }) =>
      Promise.resolve([{ kind: "bucket", value: { bucket: Number(subject) } }]),
    "site-registered": ({ subject }) => this.#site(subject),
    "hosts-enrolled": ({ subject }) => this.#hosts(subject),
    "alert-opened": ({ subject }) => this.#alerts(subject),
    "key-activated": () => this.#epochs(),
    "notice-filed": (event, height) => this.#notice(event, height),
    "notice-amended": (event, height) => this.#notice(event, height),
    "notice-withdrawn": (event, height) => this.#notice(event, height),
    "notice-started": (event, height) => this.#notice(event, height),
    "notice-completed": (event, height) => this.#notice(event, height),
    "bond-posted": (event) => this.#bond(event),
    "bond-accepted": (event) => this.#bond(event),
    "bond-swept": (event) => this.#bond(event),
    "bond-released": (event) => this.#bond(event),
    "venue-nominated": (event) => this.#venue(event),
    "venue-served": (event) => this.#venue(event),
    "venue-responded": (event) => this.#venue(event),
    "venue-vote-opened": (event) => this.#venue(event),
    "venue-voted": (event) => this.#venue(event),
    "venue-decided": (event) => this.#venue(event),
    "venue-published": (event) => this.#venue(event),
    "digest-filed": (event) => this.#digest(event),
  };

  async #founding(event: LedgerEvent): Promise<Change[]> {
    if (event.subject !== this.#options.networkId) {
      throw new LedgerViewError("LEDGER_OTHER_NETWORK", `the ledger belongs to the network ${event.subject}`);
    }
    return this.#registerChange();
  }

  async #site(siteId: string): Promise<Change[]> {
    return [{ kind: "site", value: await this.#ask(siteDocument, "facility:ReadSite", siteId) }];
  }

  async #registerChange(): Promise<Change[]> {
    return [{ kind: "register", value: await this.register() }];
  }

  async #notice(event: LedgerEvent, height: bigint): Promise<Change[]> {
    const notice = await this.#revision(noticeDocument, "notice:ReadRevision", event);
    return [{ kind: "notice", value: { height: height.toString(), notice } }];
  }

  async #venue(event: LedgerEvent): Promise<Change[]> {
    return [{ kind: "venue", value: await this.#revision(venueDocument, "designation:ReadRevision", event) }];
  }

  async #bond(event: LedgerEvent): Promise<Change[]> {
    return [{ kind: "bond", value: await this.#revision(bondDocument, "bond:ReadRevision", event) }];
  }

  /** The ledger keeps only the newest, which may be newer than the block. */
  async #digest(event: LedgerEvent): Promise<Change[]> {
    const value = await this.#ask(digestDocument, "digest:Read", event.subject);
    if (value.rev < event.rev || (value.rev === event.rev && hashOf(encodeCanonical(value)) !== event.hash))
      throw notAsNamed(event);
    return [{ kind: "digest", value }];
  }

  /** The document as it was at the revision that the block names, by its hash: no peer can show another. */
  async #revision<T>(decoder: Decoder<T>, transaction: string, event: LedgerEvent): Promise<T> {
    const bytes = await this.#deps.ledger.evaluate(transaction, event.subject, String(event.rev));
    if (hashOf(bytes) !== event.hash) throw notAsNamed(event);
    return decode(decoder, bytes);
  }

  async #hosts(siteId: string): Promise<Change[]> {
    const hosts = await readAll(this.#deps.ledger, "facility:ListHosts", hostDocument, siteId);
    return hosts.map((value) => ({ kind: "host", value }));
  }

  /** The alert, and the one that it replaced, whose status has changed with it. */
  async #alerts(alertId: string): Promise<Change[]> {
    const value = await this.#ask(alertDocument, "alert:Read", alertId);
    if (value.supersedes === undefined) return [{ kind: "alert", value }];
    const replaced = await this.#ask(alertDocument, "alert:Read", value.supersedes);
    return [
      { kind: "alert", value },
      { kind: "alert", value: replaced },
    ];
  }

  /** The chain must lead back to genesis: no peer is believed about who holds the key. */
  async #epochs(): Promise<Change[]> {
    const value = await this.#ask(epochsView, "coalition:ReadEpochs");
    verifyEpochChain(this.#options.genesis, this.#options.networkId, value.epochs, this.#deps.verify);
    return [{ kind: "epochs", value }];
  }

  async #ask<T>(decoder: Decoder<T>, transaction: string, ...args: string[]): Promise<T> {
    return decode(decoder, await this.#deps.ledger.evaluate(transaction, ...args));
  }
}

function hashOf(bytes: Uint8Array): string {
  return toHex(sha256(bytes));
}

function notAsNamed({ type, subject, rev }: LedgerEvent): LedgerViewError {
  const text = `revision ${rev} of ${subject} is not what the block names (${type})`;
  return new LedgerViewError("LEDGER_ANSWER_INVALID", text);
}

function decode<T>(decoder: Decoder<T>, bytes: Uint8Array): T {
  return decoder(decodeCanonical(bytes, MAX_DOCUMENT_BYTES));
}
