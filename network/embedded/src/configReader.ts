/** Reads one JSON object of a configuration and notes what is wrong with it. */
export class ConfigReader {
  readonly #path: string;
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #problems: string[];
  readonly #known = new Set<string>();

  constructor(path: string, value: unknown, problems: string[]) {
    this.#path = path;
    this.#problems = problems;
    if (isObject(value)) {
      this.#value = value;
    } else {
      this.#value = {};
      problems.push(`${path === "" ? "the configuration" : path} must be an object`);
    }
  }

  text(key: string): string {
    const value = this.#take(key);
    if (typeof value === "string" && value !== "") return value;
    this.#note(key, "must be a text that is not empty");
    return "";
  }

  /** Letters, digits, dots, hyphens and underscores: what Fabric takes for channels, chaincodes and MSPs alike. */
  name(key: string): string {
    const value = this.#take(key);
    if (isName(value)) return value;
    this.#note(key, `must be ${nameRule}`);
    return "";
  }

  /** Fabric's pattern; a name that begins with an underscore would be an implicit collection's. */
  collectionName(key: string): string {
    const value = this.#take(key);
    if (typeof value === "string" && /^[A-Za-z0-9-][A-Za-z0-9_-]{0,63}$/.test(value)) return value;
    this.#note(key, "must be 1 to 64 letters, digits, hyphens or underscores, the first no underscore");
    return "";
  }

  /** A list of names. */
  names(key: string): readonly string[] {
    const value = this.#take(key);
    if (Array.isArray(value) && value.every(isName)) return value;
    this.#note(key, `must be a list of texts of ${nameRule}`);
    return [];
  }

  integer(key: string, min: number, max: number, fallback?: number): number {
    const value = this.#take(key) ?? fallback;
    if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) return value;
    this.#note(key, `must be a whole number from ${min} to ${max}`);
    return min;
  }

  flag(key: string, fallback: boolean): boolean {
    const value = this.#take(key) ?? fallback;
    if (typeof value === "boolean") return value;
    this.#note(key, "must be true or false");
    return fallback;
  }

  object<T>(key: string, read: (reader: ConfigReader) => T): T {
    return this.#nested(this.#at(key), this.#take(key), read);
  }

  list<T>(key: string, read: (reader: ConfigReader) => T, fallback?: readonly T[]): readonly T[] {
    const value = this.#take(key);
    if (value === undefined && fallback !== undefined) return fallback;
    if (Array.isArray(value))
      return value.map((item, i) => this.#nested(`${this.#at(key)}[${i}]`, item, read));
    this.#note(key, "must be a list");
    return [];
  }

  /** Call it last. */
  refuseUnknown(): void {
    for (const key of Object.keys(this.#value)) if (!this.#known.has(key)) this.#note(key, "is not known");
  }

  #nested<T>(path: string, value: unknown, read: (reader: ConfigReader) => T): T {
    const reader = new ConfigReader(path, value, this.#problems);
    const result = read(reader);
    reader.refuseUnknown();
    return result;
  }

  #take(key: string): unknown {
    this.#known.add(key);
    return this.#value[key];
  }

  #at(key: string): string {
    return this.#path === "" ? key : `${this.#path}.${key}`;
  }

  #note(key: string, problem: string): void {
    this.#problems.push(`${this.#at(key)} ${problem}`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const nameRule = "1 to 64 letters, digits, dots, hyphens or underscores";

function isName(value: unknown): value is string {
  return typeof value === "string" && /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(value);
}
