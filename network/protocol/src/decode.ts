import { fromHex } from "./bytes.ts";
import { DomainError } from "./errors.ts";

/**
 * Strict decoders for JSON documents from outside. They say where a document is wrong, refuse keys that they do not know, and
 * never throw anything but DecodeError.
 */
export class DecodeError extends DomainError<"DOCUMENT_INVALID"> {
  constructor(path: string, problem: string) {
    super("DOCUMENT_INVALID", `${path === "" ? "the document" : path} ${problem}`);
  }
}

export type Decoder<T> = (value: unknown, path?: string) => T;
export type Decoded<D> = D extends Decoder<infer T> ? T : never;

const isOptional = Symbol("optional");
interface OptionalDecoder<T> extends Decoder<T | undefined> {
  readonly [isOptional]: true;
}

type Shape = Readonly<Record<string, Decoder<unknown>>>;
type OptionalKeys<S extends Shape> = {
  [K in keyof S]: S[K] extends OptionalDecoder<unknown> ? K : never;
}[keyof S];
type DecodedShape<S extends Shape> = {
  readonly [K in Exclude<keyof S, OptionalKeys<S>>]: Decoded<S[K]>;
} & { readonly [K in OptionalKeys<S>]?: Exclude<Decoded<S[K]>, undefined> };

/** A text of 0 … `maxLength` UTF-16 units, all of it matching `pattern` where one is given. */
export function text(maxLength: number, pattern?: RegExp): Decoder<string> {
  return (value, path = "") => {
    if (typeof value !== "string") throw new DecodeError(path, "must be a text");
    if (value.length > maxLength) throw new DecodeError(path, `must have at most ${maxLength} characters`);
    if (pattern && !pattern.test(value)) throw new DecodeError(path, `must match ${pattern.source}`);
    return value;
  };
}

export function integer(min: number, max: number): Decoder<number> {
  return (value, path = "") => {
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < min || value > max) {
      throw new DecodeError(path, `must be an integer from ${min} to ${max}`);
    }
    return value;
  };
}

/** A non-negative integer as a decimal text without leading zeros, ≤ `max`. */
export function decimal(max: bigint): Decoder<string> {
  return (value, path = "") => {
    const isDecimal = typeof value === "string" && value.length <= 80 && /^(0|[1-9][0-9]*)$/.test(value);
    if (!isDecimal || BigInt(value) > max)
      throw new DecodeError(path, `must be a decimal text from 0 to ${max}`);
    return value;
  };
}

export function boolean(): Decoder<boolean> {
  return (value, path = "") => {
    if (typeof value !== "boolean") throw new DecodeError(path, "must be true or false");
    return value;
  };
}

/** Lower-case hexadecimal of exactly `sizeBytes`, or of 1 … `maxBytes` where a range is given. */
export function hex(sizeBytes: number | { readonly maxBytes: number }): Decoder<string> {
  return (value, path = "") => {
    if (typeof value !== "string") throw new DecodeError(path, "must be a hexadecimal text");
    const size = typeof sizeBytes === "number" ? sizeBytes : undefined;
    const isTooLong = typeof sizeBytes !== "number" && value.length > 2 * sizeBytes.maxBytes;
    try {
      fromHex(value, size);
    } catch {
      throw new DecodeError(path, `must be ${size ?? "whole"} bytes of lower-case hexadecimal`);
    }
    if (isTooLong) throw new DecodeError(path, "is too long");
    return value;
  };
}

export function literal<const T extends string | number | null>(expected: T): Decoder<T> {
  return (value, path = "") => {
    if (value !== expected) throw new DecodeError(path, `must be ${String(expected)}`);
    return expected;
  };
}

export function oneOf<const T extends readonly string[]>(...options: T): Decoder<T[number]> {
  return (value, path = "") => {
    if (typeof value !== "string" || !options.includes(value)) {
      throw new DecodeError(path, `must be one of ${options.join(", ")}`);
    }
    return value;
  };
}

export function nullable<T>(inner: Decoder<T>): Decoder<T | null> {
  return (value, path = "") => (value === null ? null : inner(value, path));
}

export function list<T>(item: Decoder<T>, maxLength: number, minLength = 0): Decoder<readonly T[]> {
  return (value, path = "") => {
    if (!Array.isArray(value)) throw new DecodeError(path, "must be a list");
    if (value.length > maxLength || value.length < minLength) {
      throw new DecodeError(path, `must have ${minLength} to ${maxLength} items`);
    }
    return value.map((entry: unknown, index) => item(entry, `${path}[${index}]`));
  };
}

/** A map with keys of at most 64 characters. */
export function record<T>(item: Decoder<T>, maxEntries: number): Decoder<Readonly<Record<string, T>>> {
  return (value, path = "") => {
    const entries = Object.entries(asObject(value, path));
    if (entries.length > maxEntries) throw new DecodeError(path, `must have at most ${maxEntries} entries`);
    return Object.fromEntries(
      entries.map(([key, entry]) => [text(64)(key, path), item(entry, `${path}.${shown(key)}`)]),
    );
  };
}

/** A key that somebody else chose, so that it cannot end the sentence that names it and begin another. */
function shown(key: string): string {
  return /^\w+$/.test(key) ? key : JSON.stringify(key);
}

export function optional<T>(inner: Decoder<T>): OptionalDecoder<T> {
  const decoder: Decoder<T | undefined> = (value, path = "") =>
    value === undefined ? undefined : inner(value, path);
  return Object.assign(decoder, { [isOptional]: true as const });
}

/** Runs `parse` on a decoded text, such as an id's parser, and reports its error at this place. */
export function parsed<A, T>(inner: Decoder<A>, parse: (value: A) => T): Decoder<T> {
  return (value, path = "") => {
    const plain = inner(value, path);
    try {
      return parse(plain);
    } catch (error) {
      throw new DecodeError(path, error instanceof Error ? `is refused: ${error.message}` : "is refused");
    }
  };
}

/** An object with exactly these keys. */
export function object<S extends Shape>(shape: S): Decoder<DecodedShape<S>> {
  return (value, path = "") => {
    const source = asObject(value, path);
    const unknown = Object.keys(source).find((key) => !Object.hasOwn(shape, key));
    if (unknown !== undefined)
      throw new DecodeError(path, `has an unknown key ${JSON.stringify(unknown).slice(0, 80)}`);
    const entries = Object.entries(shape).map(([key, decoder]) => {
      const inner = path === "" ? key : `${path}.${key}`;
      return [key, decoder(source[key], inner)] as const;
    });
    return Object.fromEntries(entries.filter(([, entry]) => entry !== undefined)) as DecodedShape<S>;
  };
}

function asObject(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new DecodeError(path, "must be an object");
  return value as Record<string, unknown>;
}
