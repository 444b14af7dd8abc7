import {
  DomainError,
  faultBound,
  fields,
  fromHex,
  MAX_MEMBERS,
  quorumOf,
  sha256,
  u16,
  u64,
} from "@comity/protocol";

/** One attempt at making a key. Every proof, ciphertext and hash of the key generation is bound to all four. */
export interface Session {
  /** SHA-256 of the genesis record, 64 hex digits. */
  readonly networkId: string;
  /** 1, 2, 3 … in the network; never reused. */
  readonly attempt: number;
  readonly n: number;
  readonly t: number;
}

export class SessionError extends DomainError<"SESSION_INVALID"> {}

const MIN_MEMBERS = 4;
const TAG = "comity/v1/dkg/session";

/**
 * The 32 bytes S that stand for a session (README, "Session").
 * @throws SessionError SESSION_INVALID unless 4 ≤ n ≤ 128 and q ≤ t ≤ n−f
 */
export function sessionHash(session: Session): Uint8Array {
  assertSession(session);
  const { networkId, attempt, n, t } = session;
  return sha256(fields(TAG, networkBytes(networkId), u64(attempt), u16(n), u16(t)));
}

/** @throws SessionError SESSION_INVALID */
export function assertSession({ networkId, attempt, n, t }: Session): void {
  networkBytes(networkId);
  assertRange("n", n, MIN_MEMBERS, MAX_MEMBERS);
  assertRange("t", t, quorumOf(n), n - faultBound(n));
  assertRange("attempt", attempt, 1, Number.MAX_SAFE_INTEGER);
}

function assertRange(name: string, value: number, min: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new SessionError("SESSION_INVALID", `${name} must be an integer from ${min} to ${max}`);
  }
}

function networkBytes(networkId: string): Uint8Array {
  try {
    return fromHex(networkId, 32);
  } catch (cause) {
    throw new SessionError("SESSION_INVALID", "the network id must be 32 bytes of hexadecimal", { cause });
  }
}

/** Whether `index` names a member of the session. */
export function isMember(session: Session, index: number): boolean {
  return Number.isSafeInteger(index) && index >= 1 && index <= session.n;
}
