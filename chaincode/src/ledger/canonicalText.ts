import { canonicalString } from "@comity/protocol";

const known = new WeakMap<object, string>();

/** Canonical JSON, made once an object: what is stored is put, hashed for its event and answered. None is ever changed. */
export function canonicalText(value: unknown): string {
  if (typeof value !== "object" || value === null) return canonicalString(value);
  const text = known.get(value) ?? canonicalString(value);
  known.set(value, text);
  return text;
}
