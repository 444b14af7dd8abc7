import type { common } from "@hyperledger/fabric-protos";
import type { LedgerStore } from "../store/ledgerStore.ts";

/** Blocks from `start` on, waiting for those to come, until the signal. */
export async function* blocksFrom(
  start: number,
  store: Pick<LedgerStore, "tip" | "getBlock" | "nextCommit">,
  signal: AbortSignal,
): AsyncGenerator<{ number: number; block: common.Block }> {
  for (let number = start; !signal.aborted;) {
    const block = number < store.tip.height ? store.getBlock(number) : undefined;
    if (block === undefined) {
      await commitOrAbort(store, signal);
    } else {
      yield { number, block };
      number++;
    }
  }
}

/** A race against one promise for the whole stream would keep something of every block until the stream ends. */
async function commitOrAbort(store: Pick<LedgerStore, "nextCommit">, signal: AbortSignal): Promise<void> {
  const woken = Promise.withResolvers<undefined>();
  const wake = (): void => woken.resolve(undefined);
  signal.addEventListener("abort", wake, { once: true });
  void store.nextCommit().then(wake);
  await woken.promise;
  signal.removeEventListener("abort", wake);
}
