/** Answers that never change, kept up to a number of bytes; the oldest go first. */
export class KeptBytes {
  readonly #maxBytes: number;
  readonly #kept = new Map<string, Uint8Array>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(key: string): Uint8Array | undefined {
    return this.#kept.get(key);
  }

  set(key: string, value: Uint8Array): void {
    this.#bytes += value.length - (this.#kept.get(key)?.length ?? 0);
    this.#kept.set(key, value);
    for (const [oldest, { length }] of this.#kept) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#kept.delete(oldest);
      this.#bytes -= length;
    }
  }
}
