import type { Gateway } from "@hyperledger/fabric-gateway";
import type { common } from "@hyperledger/fabric-protos";
import type { GatewayPool } from "./gatewayPool.ts";
import { readBlock, type LedgerBlock } from "./ledgerBlock.ts";
import { LedgerError } from "./ledgerError.ts";

export interface BlocksOptions {
  /** Number of the first block wanted. */
  readonly from: bigint;
  /** Hash of the block before it, where the caller has it: then the first block must follow from it. */
  readonly previousHash?: string | undefined;
  readonly signal: AbortSignal;
}

export interface BlockStreamDeps {
  readonly pool: GatewayPool;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Told of each break; the stream itself goes on through the next gateway. */
  readonly onBreak: (error: unknown) => void;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

/** The blocks of a channel, each once and in order, over any number of connections; ends when the signal is aborted. */
export async function* blockStream(
  channel: string,
  chaincode: string,
  options: BlocksOptions,
  deps: BlockStreamDeps,
): AsyncGenerator<LedgerBlock> {
  let next = options.from;
  let previousHash = options.previousHash;
  let pauseMs = FIRST_PAUSE_MS;
  const { signal } = options;
  const isStopped = () => signal.aborted;
  while (!isStopped()) {
    const gateway = deps.pool.current();
    try {
      for await (const raw of connection(gateway, channel, next, signal)) {
        const block = readBlock(raw, chaincode);
        checkLink(block, next, previousHash);
        yield block;
        next += 1n;
        previousHash = block.hash;
        pauseMs = FIRST_PAUSE_MS;
      }
    } catch (error) {
      // A ledger that contradicts itself is not a broken connection.
      if (error instanceof LedgerError) throw error;
      if (!isStopped()) deps.onBreak(error);
    }
    deps.pool.leave(gateway);
    await deps.sleep(pauseMs, signal).catch(() => undefined);
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
  }
}

/** One Deliver stream; closing it is what makes its iterator end. */
async function* connection(
  gateway: Gateway,
  channel: string,
  from: bigint,
  signal: AbortSignal,
): AsyncGenerator<common.Block> {
  const events = await gateway.getNetwork(channel).getBlockEvents({ startBlock: from });
  const close = () => events.close();
  signal.addEventListener("abort", close, { once: true });
  try {
    signal.throwIfAborted();
    yield* events;
  } finally {
    signal.removeEventListener("abort", close);
    events.close();
  }
}

function checkLink(block: LedgerBlock, expected: bigint, previousHash: string | undefined): void {
  if (block.number !== expected) {
    const text = `block ${block.number.toString()} came where block ${expected.toString()} was due`;
    throw new LedgerError("LEDGER_CHAIN_BROKEN", text);
  }
  if (previousHash !== undefined && block.previousHash !== previousHash) {
    const text = `block ${block.number.toString()} does not follow from the block before it`;
    throw new LedgerError("LEDGER_CHAIN_BROKEN", text);
  }
}
