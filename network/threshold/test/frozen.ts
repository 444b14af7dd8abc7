import { sha256, toHex, utf8 } from "@comity/protocol";
import { dealPoints } from "../src/deal.ts";
import {
  combinePartials,
  createAccusation,
  dealHash,
  sessionHash,
  signPartial,
  transcriptHash,
} from "../src/index.ts";
import { generateKey, open, upTo } from "./keyGeneration.ts";
import { withCiphertext } from "./malice.ts";

const byIndex = (values: ReadonlyMap<number, Uint8Array>) =>
  Object.fromEntries([...values].map(([index, bytes]) => [index, toHex(bytes)]));

/** Everything about one key generation and one signature, from seeded randomness: the content of the frozen vectors. */
export function vectors() {
  const key = generateKey(4, 3);
  const { session, random, secrets, accepts, deals, groupKey, publicShares } = key;
  const digest = sha256(utf8("comity threshold vector"));
  const partials = upTo(4).map((index) => ({ index, partial: signPartial(key.shares.get(index)!, digest) }));
  const badDeal = withCiphertext(deals[0]!, 2, "5a".repeat(48));
  return {
    session,
    sessionHash: toHex(sessionHash(session)),
    encryptionSecrets: byIndex(secrets),
    accepts,
    deals,
    dealBindings: deals.map((deal) => toHex(dealPoints(session, deal).binding)),
    dealHashes: deals.map((deal) => toHex(dealHash(deal))),
    sharesOfMember2: deals.map((deal) => toHex(open(key, deal, 2))),
    secretShares: byIndex(key.shares),
    groupKey: toHex(groupKey),
    publicShares: byIndex(publicShares),
    transcriptHash: toHex(transcriptHash(session, accepts, deals)),
    accusation: {
      deal: badDeal,
      accusation: createAccusation({ session, deal: badDeal, index: 2, secret: secrets.get(2)!, random }),
    },
    digest: toHex(digest),
    partials: Object.fromEntries(partials.map(({ index, partial }) => [index, toHex(partial)])),
    signature: toHex(combinePartials({ threshold: 3, groupKey, publicShares, digest, partials })),
  };
}
