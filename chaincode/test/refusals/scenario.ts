import { type Founded, identity } from "../fixture/coalition.ts";

/** Brings about a refusal, in each way that there is. */
export type Scenario = () => Promise<Promise<unknown>[]>;

const officer = identity("ch", "officer");
const node = identity("ch", "node");

/** One transaction, of the node where it is the coalition's own. */
export const once =
  (world: () => Promise<Founded>, transaction: string, ...args: unknown[]): Scenario =>
  async () => {
    const { ledger } = await world();
    return [ledger.submit(transaction.startsWith("coalition:") ? node : officer, transaction, ...args)];
  };
