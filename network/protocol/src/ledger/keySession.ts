import { type Decoded, type Decoder, hex, integer, list, object, oneOf, optional } from "../decode.ts";
import { epochRecord, type EpochRecord } from "../epoch.ts";
import { type Genesis, MAX_MEMBERS } from "../genesis.ts";
import { ledgerTime, revised } from "./shape.ts";

/** Real time for which the accept, deal and confirm phases stay open before members may vote to close them. */
export function keyWindowMs(mode: Genesis["mode"]): number {
  return mode === "production" ? 600_000 : 5_000;
}

/**
 * Until `sign` a proved accusation ends the attempt. From then on nothing does, and only then members sign the record: or one that genesis'
 * members vouch for could be left over from an attempt that ended, beside the one in force.
 */
export const keyPhases = ["accept", "deal", "confirm", "sign", "active", "aborted"] as const;
export type KeyPhase = (typeof keyPhases)[number];

const attempt = integer(1, 1_000_000);
const index = integer(1, MAX_MEMBERS);
const indices = list(index, MAX_MEMBERS);

/**
 * Why an attempt ended: a dealer was proved guilty, too few took part before the window closed, or the deals would have left a member
 * without a share.
 */
const abortion = object({
  reason: oneOf("accused", "short", "shareless"),
  dealer: optional(index),
  accuser: optional(index),
});

/** The board's head: it changes only when a phase does, so that members who post at the same time do not collide. */
export const keySession = object({
  ...revised,
  attempt,
  threshold: index,
  phase: oneOf(...keyPhases),
  openedMs: ledgerTime,
  phaseOpenedMs: ledgerTime,
  /** Dealers proved guilty in earlier attempts; they still hold shares. */
  excluded: indices,
  /** Dealers of this attempt who dealt twice differently. */
  disqualified: indices,
  /** Dealers whose deals make the key, once the deal phase is closed. */
  qualified: indices,
  aborted: optional(abortion),
});
export type KeySession = Decoded<typeof keySession>;

export const keyProposal = object({ attempt, threshold: index });
export type KeyProposal = Decoded<typeof keyProposal>;

export const keyAcceptRequest = object({
  attempt,
  index,
  encryptionKey: hex(48),
  proof: hex({ maxBytes: 128 }),
});
export const keyAccept = object({
  ...revised,
  attempt,
  index,
  encryptionKey: hex(48),
  proof: hex({ maxBytes: 128 }),
});
export type KeyAccept = Decoded<typeof keyAccept>;

/** A member that takes part in no further attempt: by its doing the deals of this one cancelled each other out for it. */
export const keyBar = object({ ...revised, attempt, index });

export const keyVote = object({ ...revised, attempt, index, phase: oneOf("accept", "deal", "confirm") });
export type KeyVote = Decoded<typeof keyVote>;

/** A member's partial signature over the activation statement: it holds its share, and found nothing wrong with any dealt to it. */
export const keyConfirmRequest = object({ attempt, index, partial: hex(96) });
export const keyConfirm = object({ ...revised, attempt, index, partial: hex(96) });
export type KeyConfirm = Decoded<typeof keyConfirm>;

/** A member's identity signature on the record. */
export const keySignatureRequest = object({ attempt, index, signature: hex(64) });
export const keySignature = object({ ...revised, attempt, index, signature: hex(64) });
export type KeySignature = Decoded<typeof keySignature>;

/** The record that members confirm, computed from the transcript when the deal phase closes. */
export const keyRecord = object({ ...revised, attempt, record: epochRecord });
export type KeyRecord = Decoded<typeof keyRecord>;

/** The key in force. */
export const epochHead = object({
  ...revised,
  keyEpoch: integer(1, Number.MAX_SAFE_INTEGER),
  groupKey: hex(48),
});

const acceptView = object({ index, encryptionKey: hex(48), proof: hex({ maxBytes: 128 }) });
const confirmView = object({ index, partial: hex(96) });
const signatureView = object({ index, signature: hex(64) });

/** What `coalition:ReadKeySession` gives: the whole board. @param deal decoder of deals, which `@comity/threshold` brings */
export function keySessionView<D>(deal: Decoder<D>): Decoder<KeySessionView<D>> {
  return object({
    attempt: integer(0, 1_000_000),
    threshold: integer(0, MAX_MEMBERS),
    phase: oneOf("none", ...keyPhases),
    openedMs: ledgerTime,
    phaseOpenedMs: ledgerTime,
    excluded: indices,
    disqualified: indices,
    qualified: indices,
    aborted: optional(abortion),
    accepts: list(acceptView, MAX_MEMBERS),
    deals: list(object({ index, deal, conflictHash: optional(hex(32)) }), MAX_MEMBERS),
    closedVotes: indices,
    confirms: list(confirmView, MAX_MEMBERS),
    signatures: list(signatureView, MAX_MEMBERS),
    record: optional(epochRecord),
  });
}

export interface KeySessionView<D> extends Omit<KeySession, "phase" | "schemaVersion" | "rev"> {
  readonly phase: KeyPhase | "none";
  readonly accepts: readonly Decoded<typeof acceptView>[];
  readonly deals: readonly { readonly index: number; readonly deal: D; readonly conflictHash?: string }[];
  /** Members who voted to close the phase that is open. */
  readonly closedVotes: readonly number[];
  readonly confirms: readonly Decoded<typeof confirmView>[];
  readonly signatures: readonly Decoded<typeof signatureView>[];
  /** What members confirm, from the confirm phase on. */
  readonly record?: EpochRecord;
}
