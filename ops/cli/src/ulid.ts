import { type NoticeId, parseNoticeId } from "@comity/protocol";

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A ULID (https://github.com/ulid/spec): 48 bits of time and 80 random ones, in Crockford's base 32. */
export function ulid(nowMs: number, random: Uint8Array): NoticeId {
  const bits = (BigInt(nowMs) << 80n) | BigInt(`0x${Buffer.from(random.subarray(0, 10)).toString("hex")}`);
  const characters = Array.from({ length: 26 }, (_, position) => {
    const shift = BigInt(5 * (25 - position));
    return alphabet[Number((bits >> shift) & 31n)];
  });
  return parseNoticeId(characters.join(""));
}
