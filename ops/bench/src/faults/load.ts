import { randomBytes } from "node:crypto";
import type { LedgerClient } from "@comity/ledger";
import { canonicalString, DomainError } from "@comity/protocol";

/** One transaction as its caller saw it; times in milliseconds since the epoch. */
export interface Call {
  readonly operatorId: string;
  readonly startedMs: number;
  readonly endedMs: number;
  /** With which it ended for the caller; undefined where it was committed. */
  readonly error: { readonly code: string; readonly message: string } | undefined;
}

/** Callers that each have one transaction under way, and begin the next when it ends: each registers an operator. */
export class Load {
  readonly calls: Call[] = [];
  readonly #client: LedgerClient;
  readonly #memberId: string;
  #isOver = false;
  #callers: Promise<void>[] = [];

  /** @param client of an officer of the member */
  constructor(client: LedgerClient, memberId: string) {
    this.#client = client;
    this.#memberId = memberId;
  }

  start(callers: number): void {
    this.#callers = Array.from({ length: callers }, () => this.#callOn());
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#callers);
  }

  /** Whether the ledger behind `reader` has the operator as it was registered: it then takes nothing else under that id. */
  async isKept(reader: LedgerClient, operatorId: string): Promise<boolean> {
    const again = await reader.evaluate("facility:RegisterOperator", this.#text(operatorId, operatorId));
    const other = await endOf(reader.evaluate("facility:RegisterOperator", this.#text(operatorId, "Other")));
    return Buffer.from(again).toString().includes(operatorId) && other?.code === "OPERATOR_EXISTS";
  }

  async #callOn(): Promise<void> {
    while (!this.#isOver) {
      const operatorId = `bench-${randomBytes(12).toString("hex")}`;
      const startedMs = Date.now();
      const text = this.#text(operatorId, operatorId);
      const error = await endOf(this.#client.submit("facility:RegisterOperator", text));
      this.calls.push({ operatorId, startedMs, endedMs: Date.now(), error });
    }
  }

  #text(operatorId: string, name: string): string {
    return canonicalString({ operatorId, memberId: this.#memberId, name });
  }
}

async function endOf(work: Promise<unknown>): Promise<Call["error"]> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error instanceof DomainError ? error : { code: "no code", message: String(error) };
  }
}
