import { type Decoded, hex, integer, object } from "../decode.ts";
import { decodeDigest } from "../registry.ts";
import { revised } from "./shape.ts";

const signed = { keyEpoch: integer(1, Number.MAX_SAFE_INTEGER), statement: decodeDigest, signature: hex(96) };

/** A digest with the coalition's signature; one that is older than the filed one changes nothing. */
export const digestRequest = object(signed);
export type DigestRequest = Decoded<typeof digestRequest>;

/** The newest digest of a registry. */
export const digestDocument = object({ ...revised, ...signed });
export type DigestDocument = Decoded<typeof digestDocument>;
