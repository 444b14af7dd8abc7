import { encodeCanonical } from "@comity/protocol";
import type { LedgerReader } from "../src/service/ledgerReader.ts";

export type Script = Record<string, (...args: string[]) => unknown>;

/** A ledger that answers from a script, may be changed while it runs, and remembers what it was asked. */
export class ScriptedLedger implements LedgerReader {
  readonly asked: string[] = [];
  script: Script;

  constructor(script: Script) {
    this.script = script;
  }

  async evaluate(transaction: string, ...args: string[]): Promise<Uint8Array> {
    this.asked.push([transaction, ...args].join(" "));
    const answer = await this.script[transaction]?.(...args);
    return answer instanceof Uint8Array ? answer : encodeCanonical(answer);
  }
}
