import { readFileSync } from "node:fs";
import { DecodeError, type Decoder } from "@comity/protocol";
import { CliError } from "../cliError.ts";

/** The JSON object in a file that a person wrote. */
export function readObject(file: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch (cause) {
    throw new CliError("FILE_UNREADABLE", `${file} cannot be read as JSON.`, { cause });
  }
  throw new CliError("DOCUMENT_WRONG", `${file} must hold one JSON object.`);
}

/** What a person wrote as the document that it must be; `wrong` begins the sentence that says why it is not. */
export function documentOf<T>(decode: Decoder<T>, value: unknown, wrong: string): T {
  try {
    return decode(value);
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause;
    throw new CliError("DOCUMENT_WRONG", `${wrong}: ${cause.message}.`, { cause });
  }
}
