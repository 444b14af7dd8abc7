import { sha256, u32, utf8 } from "@comity/protocol";
import {
  type Acceptance,
  checkDeal,
  combineShares,
  createDeal,
  createEncryptionKey,
  type Deal,
  groupKeyOf,
  openShare,
  type RandomBytes,
  type Session,
} from "../src/index.ts";

/** A random source that gives the same bytes for the same seed: for tests and vectors only. */
export function seededRandom(seed: string): RandomBytes {
  let counter = 0;
  return (size) => {
    const bytes = new Uint8Array(size);
    for (let offset = 0; offset < size; offset += 32) {
      bytes.set(sha256(utf8(seed), u32(counter++)).subarray(0, size - offset), offset);
    }
    return bytes;
  };
}

export function sessionOf(n: number, t: number, attempt = 1): Session {
  return { networkId: "5f".repeat(32), attempt, n, t };
}

export const upTo = (n: number): number[] => Array.from({ length: n }, (_, position) => position + 1);

export interface Accepted {
  readonly session: Session;
  readonly random: RandomBytes;
  /** Of the encryption keys, by member index. */
  readonly secrets: ReadonlyMap<number, Uint8Array>;
  readonly accepts: readonly Acceptance[];
}

export function accepted(session: Session, seed = "accept"): Accepted {
  const random = seededRandom(`${seed} ${session.n} ${session.t} ${session.attempt}`);
  const keys = upTo(session.n).map((index) => createEncryptionKey({ session, index, random }));
  return {
    session,
    random,
    secrets: new Map(keys.map(({ secret, accept }) => [accept.index, secret])),
    accepts: keys.map(({ accept }) => accept),
  };
}

export function dealOf({ session, random, accepts }: Accepted, dealer: number): Deal {
  return createDeal({ session, dealer, recipients: accepts, random });
}

export function open({ session, secrets }: Accepted, deal: Deal, index: number): Uint8Array {
  return openShare({ session, deal, index, secret: secrets.get(index)! });
}

/** The whole key generation as members run it, nobody misbehaving; those who do not deal or open are silent. */
export function generateKey(n: number, t: number, dealers = upTo(n), openers = upTo(n)) {
  const group = accepted(sessionOf(n, t));
  const deals = dealers.map((dealer) => dealOf(group, dealer));
  for (const deal of deals) checkDeal(group.session, deal.dealer, deal, group.accepts);
  const shares = new Map(
    openers.map((index) => [index, combineShares(deals.map((deal) => open(group, deal, index)))]),
  );
  return { ...group, deals, shares, ...groupKeyOf(group.session, deals) };
}
