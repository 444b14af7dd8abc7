export interface KeptOptions<T> {
  readonly maxBytes: number;
  readonly sizeOf: (value: T) => number;
}

/** Answers that need not be made again, kept up to a number of bytes; the oldest go first. */
export class Kept<T> {
  readonly #options: KeptOptions<T>;
  readonly #values = new Map<string, T>();
  #bytes = 0;

  constructor(options: KeptOptions<T>) {
    this.#options = options;
  }

  get(key: string): T | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: T): void {
    this.#drop(key);
    this.#values.set(key, value);
    this.#bytes += this.#options.sizeOf(value);
    for (const [oldest] of this.#values) {
      if (this.#bytes <= this.#options.maxBytes) break;
      this.#drop(oldest);
    }
  }

  clear(): void {
    this.#values.clear();
    this.#bytes = 0;
  }

  #drop(key: string): void {
    const value = this.#values.get(key);
    if (value === undefined) return;
    this.#values.delete(key);
    this.#bytes -= this.#options.sizeOf(value);
  }
}

export function keptBytes(maxBytes: number): Kept<Uint8Array> {
  return new Kept<Uint8Array>({ maxBytes, sizeOf: ({ length }) => length });
}
