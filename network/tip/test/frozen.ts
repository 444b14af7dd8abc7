import {
  encodeCanonical,
  parseMemberId,
  sha256,
  tipGatewayBytes,
  tipOfficerBytes,
  toHex,
  u64,
  utf8,
} from "@comity/protocol";
import {
  cellHashOf,
  hourLeaves,
  hourRoot,
  openShare,
  passShare,
  receiptBytes,
  sealTip,
  storedBytes,
  tipLeaf,
} from "../src/index.ts";
import { addressees, networkId, publicKey, seeded } from "./fixture.ts";

export const text = "They trained at night, in hall 3. Ĉu vi aŭdas?";

/** Everything that the README specifies about one tip, from seeded randomness: the content of the frozen vectors. */
export async function vectors() {
  const { keys, officers } = await addressees();
  const cell = await sealTip({ networkId, officers, text, random: seeded("frozen cell") });
  const shares = await Promise.all(keys.map(({ secret }) => openShare(cell, secret)));
  const [asking, , approving] = keys;
  const third = shares[2];
  if (!asking || !approving || !third) throw new Error("there are three officers");
  const place = { cellHash: cellHashOf(cell), tipHour: 490_000 };
  const leaves = hourLeaves(networkId, [place.cellHash], (n) => sha256(utf8("frozen dummy"), u64(n)));
  const memberId = parseMemberId("xb");
  return {
    networkId,
    text,
    secrets: keys.map(({ secret }) => toHex(secret)),
    sealingKeys: keys.map(({ sealingKey }) => toHex(sealingKey)),
    shares: shares.map(({ share, salt }) => ({ share: toHex(share), salt: toHex(salt) })),
    keyHash: toHex(third.keyHash),
    shareHashes: third.shareHashes.map(toHex),
    cell: toHex(cell),
    ...place,
    passedShare: toHex(await passShare(cell, third, asking.sealingKey, seeded("frozen pass"))),
    officerBytes: toHex(tipOfficerBytes(networkId, { memberId, sealingKey: toHex(asking.sealingKey) })),
    gatewayBytes: toHex(tipGatewayBytes(networkId, { memberId, receiptKey: publicKey("gateway") })),
    receiptBytes: toHex(receiptBytes(networkId, place)),
    storedBytes: toHex(storedBytes(networkId, place)),
    leaf: tipLeaf(networkId, place.cellHash),
    leavesSha256: toHex(sha256(encodeCanonical(leaves))),
    root: hourRoot(leaves),
  };
}
