import {
  alertDocument,
  decodeCanonical,
  hostDocument,
  MAX_PAGE_SIZE,
  noticeDocument,
  page,
  registerView,
  sha256,
  siteDocument,
  toHex,
  verifyEpochChain,
  type Decoder,
  type Ed25519Verify,
  type Genesis,
  type LedgerEvent,
  type LedgerEventType,
  type NetworkId,
} from "@comity/protocol";
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

  readonly #readers: Partial<
    Record<LedgerEventType, (event: LedgerEvent, height: bigint) => Promise<Change[]>>
  > = {
    genesis: (event) => this.#founding(event),
    "node-registered": () => this.#register(),
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
  };

  async #founding(event: LedgerEvent): Promise<Change[]> {
    if (event.subject !== this.#options.networkId) {
      throw new LedgerViewError("LEDGER_OTHER_NETWORK", `the ledger belongs to the network ${event.subject}`);
    }
    return this.#register();
  }

  async #site(siteId: string): Promise<Change[]> {
    return [{ kind: "site", value: await this.#ask(siteDocument, "facility:ReadSite", siteId) }];
  }

  async #register(): Promise<Change[]> {
    return [{ kind: "register", value: await this.#ask(registerView, "coalition:ReadRegister") }];
  }

  async #notice({ subject, rev, hash }: LedgerEvent, height: bigint): Promise<Change[]> {
    const bytes = await this.#deps.ledger.evaluate("notice:ReadRevision", subject, String(rev));
    if (toHex(sha256(bytes)) !== hash) {
      throw new LedgerViewError(
        "LEDGER_ANSWER_INVALID",
        `revision ${rev} of notice ${subject} is not what the block names`,
      );
    }
    return [{ kind: "notice", value: { height: height.toString(), notice: decode(noticeDocument, bytes) } }];
  }

  async #hosts(siteId: string): Promise<Change[]> {
    const changes: Change[] = [];
    let bookmark = "";
    do {
      const hosts = await this.#ask(
        page(hostDocument),
        "facility:ListHosts",
        siteId,
        String(MAX_PAGE_SIZE),
        bookmark,
      );
      for (const value of hosts.items) changes.push({ kind: "host", value });
      ({ bookmark } = hosts);
    } while (bookmark !== "");
    return changes;
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

function decode<T>(decoder: Decoder<T>, bytes: Uint8Array): T {
  return decoder(decodeCanonical(bytes, MAX_DOCUMENT_BYTES));
}
