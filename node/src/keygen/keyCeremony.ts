import { Backoff, type LedgerBlock } from "@comity/ledger";
import {
  canonicalString,
  decodeCanonical,
  DomainError,
  keySessionView,
  type EpochRecord,
} from "@comity/protocol";
import { decodeDeal } from "@comity/threshold";
import type { Clock } from "../clock.ts";
import type { LedgerQueries, LedgerSubmitter } from "../ledger/ports.ts";
import type { DecisionSigner } from "../signing/index.ts";
import type { NodeEvent } from "../telemetry/events.ts";
import type { Log } from "../telemetry/log.ts";
import { nextAction, type Board, type KeyAction, type KeyFacts, type OwnKey } from "./keyStep.ts";
import type { AttemptSecrets, KeyVault } from "./keyVault.ts";
import type { KeyWork } from "./keyWork.ts";
import type { ShareFiles } from "./shareFiles.ts";

export interface KeyCeremonyOptions {
  readonly index: number;
  readonly memberCount: number;
  readonly threshold: number;
  readonly windowMs: number;
  readonly staggerMs: number;
  readonly patienceMs: number;
}

export interface KeyCeremonyDeps {
  readonly ledger: LedgerQueries & LedgerSubmitter;
  readonly view: {
    members(): readonly { readonly node?: unknown }[];
    epochs(): readonly { readonly record: Pick<EpochRecord, "groupKey"> }[];
    onBlock(listener: (block: LedgerBlock) => void): void;
  };
  readonly vault: Pick<KeyVault, "load" | "save" | "clear">;
  readonly shares: Pick<ShareFiles, "load" | "save" | "keepOnly">;
  readonly signer: Pick<DecisionSigner, "sign">;
  readonly work: KeyWork;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly emit: (event: NodeEvent) => void;
}

const MAX_BOARD_BYTES = 16 * 1024 * 1024;
const POLL_MS = 2000;
const pauses = { firstMs: 250, longestMs: 10_000 };
/** What several members post comes in several blocks; one look at the board is enough for them. */
const SETTLE_MS = 100;
/** The longest that a timer can wait. */
const UNTIL_NUDGED_MS = 2 ** 31 - 1;
const board = keySessionView(decodeDeal);

/** Takes part in the making of a key until there is one. All that it decides is in `keyStep`, all that it computes in `keyWork`. */
export class KeyCeremony {
  readonly #options: KeyCeremonyOptions;
  readonly #deps: KeyCeremonyDeps;
  readonly #backoff: Backoff;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  /** Aborted when something happens on the board, to end a pause. */
  #nudge = new AbortController();
  /** Shares opened of this attempt's deals; a bad one is undefined. Not kept on disk: they can be opened again. */
  #opened = new Map<number, Uint8Array | undefined>();
  #ended: string | undefined;
  #seen = { text: "", attempt: -1, phase: "", sinceMs: 0 };

  constructor(options: KeyCeremonyOptions, deps: KeyCeremonyDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#backoff = new Backoff(pauses, deps);
  }

  start(): Promise<void> {
    this.#deps.view.onBlock(({ transactions }) => {
      const types = transactions.flatMap(({ events }) => events.map(({ type }) => type));
      if (types.some((type) => type === "node-registered" || type.startsWith("key-"))) this.#nudge.abort();
    });
    this.#running = this.#run(this.#stopping.signal);
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** Where the making of the key stands. */
  status(): { readonly attempt: number; readonly phase: string } {
    const { attempt, phase } = this.#seen;
    return { attempt: Math.max(attempt, 0), phase };
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const pauseMs = await this.#tryStep();
      if (pauseMs > 0) await this.#pause(pauseMs, signal);
    }
  }

  async #tryStep(): Promise<number> {
    try {
      const pauseMs = await this.step();
      this.#backoff.reset();
      return pauseMs;
    } catch (error) {
      const code: unknown = error instanceof DomainError ? error.code : undefined;
      this.#deps.log.warn("a step of the key generation failed, trying again", { code, error });
      return this.#backoff.next();
    }
  }

  /** Does the next things up to one that changes the board, and says how long to wait before looking at it again, in real ms. */
  async step(): Promise<number> {
    const current = board(
      decodeCanonical(await this.#deps.ledger.evaluate("coalition:ReadKeySession"), MAX_BOARD_BYTES),
    );
    this.#look(current);
    for (;;) {
      const secrets = await this.#deps.vault.load(current.attempt);
      const action = nextAction(current, await this.#own(current, secrets), this.#facts());
      if (action.do === "wait")
        return Math.min(POLL_MS, Math.max(1, (action.untilMs ?? Infinity) - this.#deps.clock.now()));
      if (action.do === "done") return this.#end(current, action.holdsShare);
      await this.#perform(action, current, secrets);
      if (!isOwnBusiness(action)) return 0;
    }
  }

  #look(current: Board): void {
    const text = canonicalString(current);
    const { attempt, phase } = current;
    if (text === this.#seen.text) return;
    if (attempt !== this.#seen.attempt) this.#opened = new Map();
    if (attempt !== this.#seen.attempt || phase !== this.#seen.phase) {
      const aborted = current.aborted && { ...current.aborted };
      this.#deps.emit({ event: "key-phase", attempt, phase, ...(aborted && { aborted }) });
    }
    this.#seen = { text, attempt, phase, sinceMs: this.#deps.clock.now() };
  }

  async #own(current: Board, secrets: AttemptSecrets | undefined): Promise<OwnKey> {
    const share = current.record && (await this.#deps.shares.load(current.record.groupKey));
    return {
      secrets: secrets && {
        encryptionKey: secrets.acceptance.encryptionKey,
        hasDeal: secrets.deal !== undefined,
      },
      openings: new Map([...this.#opened].map(([dealer, opened]) => [dealer, opened ? "good" : "bad"])),
      hasShare: share !== undefined,
    };
  }

  #facts(): KeyFacts {
    const { index, memberCount, windowMs, staggerMs, patienceMs } = this.#options;
    return {
      ...{ index, memberCount, windowMs, staggerMs, patienceMs },
      nowMs: this.#deps.clock.now(),
      sinceMs: this.#seen.sinceMs,
      isEverybodyRegistered: this.#deps.view.members().every(({ node }) => node !== undefined),
    };
  }

  async #perform(action: KeyAction, current: Board, secrets: AttemptSecrets | undefined): Promise<void> {
    const { attempt } = current;
    switch (action.do) {
      case "propose":
        return this.#submit(
          "ProposeKey",
          canonicalString({ attempt: action.attempt, threshold: this.#options.threshold }),
        );
      case "prepare-accept":
        return this.#deps.vault.save(this.#deps.work.prepareAccept(current));
      case "close":
        return this.#submit("ClosePhase", String(attempt), action.phase);
      case "assemble":
        return this.#assemble(current);
      case "confirm":
        return this.#confirm(current);
      case "sign":
        return this.#submit(
          "SignRecord",
          canonicalString(this.#deps.work.signRecord(current, recordOf(current))),
        );
      case "activate":
        return this.#submit("ActivateKey", String(attempt));
      default:
        if (secrets) await this.#performSecret(action, current, secrets);
    }
  }

  async #performSecret(action: KeyAction, current: Board, secrets: AttemptSecrets): Promise<void> {
    const { attempt } = current;
    const { work, vault } = this.#deps;
    switch (action.do) {
      case "send-accept":
        return this.#submit("AcceptKey", canonicalString({ attempt, ...secrets.acceptance }));
      case "prepare-deal":
        return vault.save({ ...secrets, deal: work.prepareDeal(current) });
      case "send-deal":
        return this.#submit("Deal", canonicalString({ attempt, deal: secrets.deal }));
      case "open":
        this.#opened.set(action.dealer, work.open(current, action.dealer, secrets));
        return;
      case "accuse":
        this.#deps.emit({ event: "key-dealer-accused", attempt, dealer: action.dealer });
        return this.#submit(
          "AccuseDealer",
          canonicalString({ attempt, ...work.accuse(current, action.dealer, secrets) }),
        );
    }
  }

  async #assemble(current: Board): Promise<void> {
    const record = recordOf(current);
    const shares = current.qualified.flatMap((dealer) => this.#opened.get(dealer) ?? []);
    await this.#deps.shares.save(record.groupKey, this.#deps.work.assemble(current, record, shares));
  }

  async #confirm(current: Board): Promise<void> {
    const record = recordOf(current);
    const share = await this.#deps.shares.load(record.groupKey);
    if (!share) return;
    const subject = this.#deps.work.activation(current, record);
    const { partial } = await this.#deps.signer.sign(subject, share.secretShare);
    const { attempt } = current;
    await this.#submit("ConfirmKey", canonicalString({ attempt, index: share.index, partial }));
  }

  /** What was needed to make the share is forgotten once it is there, and so are the shares of attempts that ended. */
  async #end(current: Board, holdsShare: boolean): Promise<number> {
    if (holdsShare) await this.#deps.vault.clear();
    const { keyEpoch, groupKey } = recordOf(current);
    await this.#forgetOthers(groupKey);
    if (this.#ended !== groupKey) this.#deps.emit({ event: "key-active", keyEpoch, groupKey, holdsShare });
    this.#ended = groupKey;
    this.#opened = new Map();
    return UNTIL_NUDGED_MS;
  }

  /** Only once this node has itself followed the record back to genesis: a board that one peer made up must not cost the share. */
  async #forgetOthers(groupKey: string): Promise<void> {
    const inForce = this.#deps.view.epochs().map(({ record }) => record.groupKey);
    if (inForce.includes(groupKey)) await this.#deps.shares.keepOnly(inForce);
  }

  async #submit(transaction: string, ...args: string[]): Promise<void> {
    await this.#deps.ledger.submitIdempotent(`coalition:${transaction}`, ...args);
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    await this.#deps.clock.sleep(ms, AbortSignal.any([signal, this.#nudge.signal])).catch(() => undefined);
    if (!this.#nudge.signal.aborted) return;
    await this.#deps.clock.sleep(SETTLE_MS, signal).catch(() => undefined);
    this.#nudge = new AbortController();
  }
}

/** Actions that leave the board as it is. */
function isOwnBusiness(action: KeyAction): boolean {
  return ["prepare-accept", "prepare-deal", "open", "assemble"].includes(action.do);
}

function recordOf(current: Board): EpochRecord {
  if (!current.record) throw new TypeError("the board has no epoch record in this phase");
  return current.record;
}
