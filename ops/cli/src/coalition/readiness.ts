import { isLedgerErrorCode } from "@comity/protocol";
import { type LedgerClient, LedgerError } from "@comity/ledger";
import { once } from "node:events";
import { connect } from "node:net";
import { CliError } from "../cliError.ts";
import { loopback } from "./freePorts.ts";

export interface WaitDeps {
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

const pauseMs = 150;

/** Asks until the answer is not undefined. @throws CliError NOT_READY when the time is up. */
export async function until<T>(
  attempt: () => Promise<T | undefined>,
  options: { readonly what: string; readonly timeoutMs: number; readonly signal: AbortSignal },
  deps: WaitDeps,
): Promise<T> {
  const deadline = deps.now() + options.timeoutMs;
  for (;;) {
    const answer = await attempt();
    if (answer !== undefined) return answer;
    if (deps.now() > deadline) {
      throw new CliError("NOT_READY", `After ${options.timeoutMs / 1000} s ${options.what}.`);
    }
    await deps.sleep(pauseMs, options.signal);
  }
}

/** Whether somebody on this machine takes connections at a port. */
export async function isListening(port: number): Promise<true | undefined> {
  const socket = connect({ port, host: loopback });
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return undefined;
  } finally {
    socket.destroy();
  }
}

/** Whether the process at this URL says that it is ready. */
export async function isReady(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(`${url}/readyz`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(2_000)]),
    });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

/** Whether all are that were waited for so far; those that say so are waited for no more. */
export async function areReady(waiting: Set<string>, signal: AbortSignal): Promise<true | undefined> {
  const ask = async (url: string): Promise<void> => {
    if (await isReady(url, signal)) waiting.delete(url);
  };
  await Promise.all([...waiting].map(ask));
  return waiting.size === 0 ? true : undefined;
}

/** Puts the genesis record on the ledger unless it is there. Undefined while ledger or chaincode are not up yet. */
export async function foundNetwork(ledger: LedgerClient, genesis: string): Promise<true | undefined> {
  try {
    await ledger.evaluate("coalition:ReadGenesis");
    return true;
  } catch (error) {
    if (!isRefusal(error)) return undefined;
    if (error.code !== "GENESIS_MISSING") throw error;
  }
  try {
    await ledger.submitIdempotent("coalition:Genesis", genesis);
    return true;
  } catch (error) {
    if (isRefusal(error)) throw error;
    return undefined;
  }
}

/** Whether enough members endorse what is asked through this client. Undefined while they do not, or lag behind the genesis record. */
export async function endorses(ledger: Pick<LedgerClient, "endorse">): Promise<true | undefined> {
  try {
    await ledger.endorse("coalition:ReadGenesis");
    return true;
  } catch (error) {
    if (isRefusal(error) && error.code !== "GENESIS_MISSING") throw error;
    return undefined;
  }
}

function isRefusal(error: unknown): error is LedgerError {
  return error instanceof LedgerError && isLedgerErrorCode(error.code);
}
