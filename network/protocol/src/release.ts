import { encodeCanonical } from "./canonical.ts";
import { type Decoded, hex, integer, literal, object } from "./decode.ts";

/** What a member approves when it approves the chaincode (README, "Release"): the program by its bytes, and the network that it serves. */
export const decodeRelease = object({
  schemaVersion: literal(1),
  /** 1, 2, 3 … of one channel. */
  version: integer(1, 9_999),
  /** SHA-256 of the chaincode server's one file. */
  bundle: hex(32),
  /** SHA-256 of the genesis record. */
  genesis: hex(32),
});
export type Release = Decoded<typeof decodeRelease>;

/** The file `release.json` of a package with these bytes: canonical JSON. */
export function encodeRelease(release: Release): Uint8Array {
  return encodeCanonical(decodeRelease(release));
}
