import { setTimeout as timeout } from "node:timers/promises";
import { StatusCode } from "@hyperledger/fabric-gateway";
import { blockStream, type BlocksOptions } from "./blockStream.ts";
import { EndorserChoice } from "./endorserChoice.ts";
import { GatewayPool, type LedgerEndpoint, type LedgerIdentity } from "./gatewayPool.ts";
import type { LedgerBlock } from "./ledgerBlock.ts";
import { Courier } from "./courier.ts";
import { LedgerError } from "./ledgerError.ts";
import type { Outbox } from "./outbox.ts";
import { commit, endorse } from "./submission.ts";

export interface LedgerOptions {
  readonly channel: string;
  readonly chaincode: string;
  /** At least two in production: a client whose only gateway is down is down. */
  readonly endpoints: readonly LedgerEndpoint[];
  readonly identity: LedgerIdentity;
  /**
   * MSP ids of all members, of whom a quorum must endorse. The client then asks them by name and leaves out, for a while, those that fail. Without it each
   * gateway chooses.
   */
  readonly endorsers?: readonly string[] | undefined;
}

/** Told of what the client survives by itself. */
export interface LedgerLog {
  warn(message: string, fields: Readonly<Record<string, unknown>>): void;
}

export interface LedgerDeps {
  readonly log?: LedgerLog;
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Uniform in [0, 1). */
  readonly random?: () => number;
  /** Closed by its owner. Without one, what was sent is forgotten with the process. */
  readonly outbox?: Outbox;
}

export interface Committed {
  readonly result: Uint8Array;
  readonly transactionId: string;
  readonly blockNumber: bigint;
}

/** What became of a transaction that was kept. */
export interface Settled {
  readonly transactionId: string;
  /** Undefined where it is valid in a block; else LEDGER_CONFLICT or LEDGER_REFUSED, so that it may be proposed anew, or LEDGER_UNKNOWN: still kept. */
  readonly error: LedgerError | undefined;
}

export interface LedgerClient {
  /** Has a transaction endorsed, ordered and committed. Resolves only when it is valid in a block. Throws LedgerError. */
  submit(transaction: string, ...args: string[]): Promise<Committed>;
  /** The same for a transaction that may safely run twice: conflicts are proposed anew, a few times. */
  submitIdempotent(transaction: string, ...args: string[]): Promise<Committed>;
  /** Sends everything again that the outbox has kept and nobody is sending now, the same bytes, until its fate is known. Call it at every start. */
  settle(): Promise<Settled[]>;
  /** Has a transaction endorsed and no more: whether enough peers could, and would. Nothing is written. Throws LedgerError. */
  endorse(transaction: string, ...args: string[]): Promise<Uint8Array>;
  /** Asks one peer; nothing is written. */
  evaluate(transaction: string, ...args: string[]): Promise<Uint8Array>;
  /** Full blocks in order, without a gap, each checked against the one before. Throws LedgerError when the chain breaks. */
  blocks(options: BlocksOptions): AsyncIterable<LedgerBlock>;
  /** Another list of members than `endorsers`, where that was given: some have joined or left. */
  endorseBy(members: readonly string[]): void;
  close(): void;
}

const CONFLICT_ATTEMPTS = 6;
const CONFLICT_PAUSE_MS = 100;

export function connectLedger(options: LedgerOptions, deps: LedgerDeps = {}): LedgerClient {
  const { channel, chaincode } = options;
  const now = (): number => performance.now();
  const pool = new GatewayPool(options.endpoints, options.identity, now);
  const sleep = deps.sleep ?? pause;
  const random = deps.random ?? Math.random;
  const choice =
    options.endorsers === undefined
      ? undefined
      : new EndorserChoice({ members: options.endorsers, own: options.identity.mspId }, now);

  const courier = new Courier(deps.outbox, (signed) => commit(pool, channel, signed), deps.log);

  async function submit(transaction: string, ...args: string[]): Promise<Committed> {
    const signed = await endorse(pool, { channel, chaincode, transaction, args }, choice);
    const blockNumber = await courier.deliver(signed).catch((error: unknown) => {
      throw choice !== undefined && isPolicyFailure(error) ? membersChanged(choice, error) : error;
    });
    return { result: signed.result, transactionId: signed.id, blockNumber };
  }

  return {
    submit,
    settle: () => courier.settle(),
    submitIdempotent: (transaction, ...args) =>
      retryConflicts(
        () => submit(transaction, ...args),
        (attempt) => sleep(attempt * CONFLICT_PAUSE_MS * (1 + random())),
      ),
    endorse: async (transaction, ...args) =>
      (await endorse(pool, { channel, chaincode, transaction, args }, choice)).result,
    evaluate: (transaction, ...args) =>
      pool.serve((gateway) =>
        gateway
          .getNetwork(channel)
          .getContract(chaincode)
          .evaluateTransaction(transaction, ...args),
      ),
    blocks: (wanted) =>
      blockStream(channel, chaincode, wanted, {
        pool,
        sleep,
        onBreak: (error) => deps.log?.warn("block stream broke, reconnecting", { error }),
      }),
    endorseBy: (members) => choice?.follow(members),
    close: () => pool.close(),
  };
}

function isPolicyFailure(error: unknown): error is LedgerError {
  const code: number = StatusCode.ENDORSEMENT_POLICY_FAILURE;
  return error instanceof LedgerError && error.validationCode === code;
}

/** A quorum of the members that we know is none any more, so that this change came before our transaction, and killed it. */
function membersChanged(choice: EndorserChoice, cause: LedgerError): LedgerError {
  choice.distrust();
  return new LedgerError("LEDGER_CONFLICT", "the members changed while the transaction was under way", {
    cause,
  });
}

/** A conflict proves the transaction dead, so that proposing it anew cannot make it happen twice. */
export async function retryConflicts<T>(
  action: () => Promise<T>,
  wait: (attempt: number) => Promise<void>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await action();
    } catch (error) {
      const isConflict = error instanceof LedgerError && error.code === "LEDGER_CONFLICT";
      if (!isConflict || attempt >= CONFLICT_ATTEMPTS) throw error;
      await wait(attempt);
    }
  }
}

async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await timeout(ms, undefined, signal ? { signal } : {});
}
