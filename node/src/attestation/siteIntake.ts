import {
  type BatchItem,
  decodeSegment,
  encodeEntry,
  fromHex,
  type HostDocument,
  originHash,
  policyTime,
  sha256,
  toHex,
} from "@comity/protocol";
import type { LogItem } from "../log/index.ts";
import { Turns } from "../log/turns.ts";
import { type AppraisalPolicy, appraiseSegment } from "./appraiseSegment.ts";
import { type Advance, type HostStore, isSame } from "./hostStore.ts";
import type { IntakeCounters } from "./intakeCounters.ts";
import { IntakeError } from "./intakeError.ts";
import type { HostAnswer, IntakeDeps, IntakeOptions, ItemAnswer } from "./intakePorts.ts";
import { NonceEpochs } from "./nonceEpochs.ts";
import { Refusal } from "./refusal.ts";

export interface SiteIntakeOptions extends IntakeOptions {
  readonly origin: string;
  readonly siteId: string;
}

export interface SiteIntakeDeps extends Omit<IntakeDeps, "replicator"> {
  readonly hosts: HostStore;
  readonly counters: IntakeCounters;
}

interface Passed {
  readonly item: LogItem;
  readonly advance: Advance;
  readonly recordCount: number;
}

/** Evidence of one site on its way into the site's log. */
export class SiteIntake {
  readonly origin: string;
  readonly #options: SiteIntakeOptions;
  readonly #deps: SiteIntakeDeps;
  readonly #networkId: Uint8Array;
  readonly #originHash: Uint8Array;
  readonly #nonces: NonceEpochs;
  readonly #committing = new Turns();

  private constructor(options: SiteIntakeOptions, deps: SiteIntakeDeps, nonces: NonceEpochs) {
    this.origin = options.origin;
    this.#options = options;
    this.#deps = deps;
    this.#networkId = fromHex(options.networkId, 32);
    this.#originHash = originHash(options.origin);
    this.#nonces = nonces;
  }

  static async open(options: SiteIntakeOptions, deps: SiteIntakeDeps): Promise<SiteIntake> {
    await deps.logs.open(options.origin);
    return new SiteIntake(options, deps, new NonceEpochs(await deps.hosts.nonceEpochs(options.origin)));
  }

  /**
   * Appraises some segments and hands the good ones to the log, all without an await: so a host's segments enter the log in the order in
   * which they were appraised. The answers come when the log has them on disk.
   */
  take(items: readonly BatchItem[]): Promise<ItemAnswer>[] {
    const placing = Promise.withResolvers<number>();
    const passed: Passed[] = [];
    const policy = this.#policy();
    const answers = items.map((item): Promise<ItemAnswer> => {
      const outcome = this.#appraised(item, policy);
      if (outcome instanceof Refusal) return this.#refused(item, outcome);
      const position = passed.push(outcome) - 1;
      const placed = placing.promise.then((from) => from + position);
      placed.catch(() => undefined);
      this.#deps.hosts.advance(outcome.advance, placed);
      return placed.then((index) => ({ status: "accepted", index }));
    });
    if (passed.length > 0) void this.#append(passed, placing);
    return answers;
  }

  /** Where a host stands. @throws IntakeError HOST_UNKNOWN */
  host(hostId: string): Omit<HostAnswer, "nonceEpoch"> {
    if (this.#enrolled(hostId) === undefined) {
      throw new IntakeError("HOST_UNKNOWN", "the host is not enrolled at this site");
    }
    const state = this.#deps.hosts.state(hostId);
    const accelerators = [...(state?.accelerators ?? [])].map(([serial, { counter, nonce, head }]) => {
      return { serial, counter: counter.toString(), nonce: nonce.toString(), head: toHex(head) };
    });
    const segmentNumber = (state?.segmentNumber ?? 0n).toString();
    return { bootCount: state?.bootCount ?? 0, segmentNumber, endMs: state?.endMs ?? 0, accelerators };
  }

  /** What hosts should put into their next segments. */
  async nonceEpoch(): Promise<string> {
    await this.#renewNonce();
    if (this.#nonces.isOutdated(this.#deps.clock.now())) {
      // Hosts send once a day: between, the log rests, and so would its nonce epoch, for whoever wants to sign ahead.
      await this.#deps.logs.append(this.origin, []);
      await this.#renewNonce();
    }
    return this.#nonces.newest;
  }

  async #renewNonce(): Promise<void> {
    const { logs, clock, hosts } = this.#deps;
    const checkpoint = logs.head(this.origin)?.checkpoint;
    const issued = checkpoint && this.#nonces.renew(checkpoint, clock.now());
    if (issued) await hosts.keepNonceEpoch(this.origin, issued, this.#nonces.issued[0]?.issuedMs ?? 0);
  }

  #appraised(item: BatchItem, policy: AppraisalPolicy): Passed | Refusal {
    try {
      const { segment, flags, state } = appraiseSegment(item, policy);
      const entry = encodeEntry({ receivedMs: this.#deps.clock.now(), flags, segment: item.segment });
      const advance = { hostId: segment.hostId, hash: sha256(item.segment), state };
      return { item: { entry, records: item.records }, advance, recordCount: segment.recordCount };
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
  }

  async #refused({ segment }: BatchItem, { code, message }: Refusal): Promise<ItemAnswer> {
    this.#deps.counters.refused(code);
    const answer = { status: "refused", code, detail: message.slice(0, 500) } as const;
    if (code !== "SEGMENT_REPLAYED") return answer;
    // "It is in the log already" must be true when we say it.
    await this.#placed(segment);
    return answer;
  }

  async #placed(bytes: Uint8Array): Promise<void> {
    const { hostId, segmentNumber } = decodeSegment(bytes);
    await this.#deps.hosts.segment(hostId, segmentNumber)?.placed;
  }

  #enrolled(hostId: string): HostDocument | undefined {
    const host = this.#deps.enrolments.host(hostId);
    return host?.siteId === this.#options.siteId ? host : undefined;
  }

  async #append(passed: readonly Passed[], placing: PromiseWithResolvers<number>): Promise<void> {
    const { logs, hosts, counters, fatal } = this.#deps;
    const items = passed.map(({ item }) => item);
    const advances = passed.map(({ advance }) => advance);
    const appended = logs.append(this.origin, items);
    appended.catch(() => undefined);
    try {
      // In turn: an older state of a host must not overwrite a newer one, in whichever order appends are reported.
      const from = await this.#committing.run(async () => {
        const placed = await appended;
        await hosts.commit(this.origin, placed.from, advances);
        return placed.from;
      });
      for (const { recordCount } of passed) counters.accepted(recordCount);
      placing.resolve(from);
    } catch (error) {
      // Later segments have been appraised on top of these: nothing that follows could be right.
      fatal(error instanceof Error ? error : new Error(String(error)));
      placing.reject(new IntakeError("INTAKE_FAILED", "the log cannot be written", { cause: error }));
    }
  }

  #policy(): AppraisalPolicy {
    const { networkClock, skewMs = 60_000, lateMs = 600_000 } = this.#options;
    const { clock, verify, hosts } = this.#deps;
    const now = clock.now();
    return {
      networkId: this.#networkId,
      originHash: this.#originHash,
      latestMs: policyTime(networkClock, now + skewMs),
      punctualMs: policyTime(networkClock, now - lateMs),
      verify,
      host: (hostId) => this.#enrolled(hostId),
      state: (hostId) => hosts.state(hostId),
      isKnown: (segment, bytes) => {
        const stored = hosts.segment(segment.hostId, segment.segmentNumber);
        return stored !== undefined && isSame(stored, bytes);
      },
      isFresh: (nonceEpoch) => this.#nonces.isFresh(nonceEpoch, now),
    };
  }
}
