import { canonicalString } from "@comity/protocol";

interface Sink {
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

const MAX_KINDS = 64;

/**
 * A log line has a time, which would say when a tip came. So what happens to tips is counted, and logged when their hour is over: each kind
 * once, with how often, and never which tip.
 */
export class HourlyLog {
  readonly #sink: Sink;
  readonly #counts = new Map<
    string,
    { message: string; fields: Record<string, string | number>; count: number }
  >();

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  note(message: string, fields: Record<string, string | number>): void {
    const key = canonicalString({ message, fields });
    const known = this.#counts.get(key);
    if (known !== undefined) known.count += 1;
    else if (this.#counts.size < MAX_KINDS) this.#counts.set(key, { message, fields, count: 1 });
  }

  flush(): void {
    for (const { message, fields, count } of this.#counts.values())
      this.#sink.warn(message, { ...fields, count });
    this.#counts.clear();
  }
}
