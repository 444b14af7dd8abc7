import type { ChaincodeStub } from "fabric-shim";

/** What one operation answers; it goes to the client as JSON. */
export type Answer = unknown;

export type Step = (stub: ChaincodeStub, args: readonly string[]) => Answer;

export type Steps = Readonly<Record<string, Step>>;

/** Instead of the answers: what the whole invocation responds. */
export class Reply {
  readonly status: number;
  readonly message: string;
  readonly payload: Uint8Array;

  constructor(status: number, message: string, payload: Uint8Array) {
    this.status = status;
    this.message = message;
    this.payload = payload;
  }
}

export function text(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString();
}

/** Asynchronous iterators of fabric-shim's are promises that can be iterated. */
export async function entriesOf(
  query: AsyncIterable<{ readonly key: string; readonly value: Uint8Array }>,
): Promise<[string, string][]> {
  const entries: [string, string][] = [];
  for await (const { key, value } of query) entries.push([key, text(value)]);
  return entries;
}
