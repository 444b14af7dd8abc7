import { equalBytes, fields, fromHex, sha256, u16, u64, utf8 } from "./bytes.ts";
import { decodeCanonical, encodeCanonical } from "./canonical.ts";
import { decodeDecision } from "./decision.ts";
import { type Decoded, decimal, type Decoder, hex, integer, literal, object, oneOf, text } from "./decode.ts";
import { decodeAlert } from "./alert.ts";
import { decodeDutyStatement, dutyKinds, type DutyStatement } from "./duty.ts";
import { MAX_MEMBERS } from "./genesis.ts";
import { memberId, type NetworkId } from "./ids.ts";
import { CheckpointError, MAX_NOTE_BYTES, readCheckpoint } from "./note.ts";
import { MAX_TIME_MS } from "./time.ts";

const memberIndex = integer(1, MAX_MEMBERS);
const keyEpoch = integer(1, Number.MAX_SAFE_INTEGER);
const time = integer(0, MAX_TIME_MS);
const count = integer(0, Number.MAX_SAFE_INTEGER);

const summary = object({
  type: literal("comity/v1/summary"),
  memberId,
  origin: text(300),
  interval: object({ startMs: time, endMs: time }),
  segments: count,
  records: count,
  accelerators: count,
  flopLeast: decimal(10n ** 40n),
  size: count,
  root: hex(32),
  signature: hex(64),
});

const proposal = object({
  type: literal("comity/v1/proposal"),
  memberIndex,
  kind: oneOf("alert"),
  keyEpoch,
  statement: decodeAlert,
  expiresAtMs: time,
  signature: hex(64),
});

const partial = object({
  type: literal("comity/v1/partial"),
  digest: hex(32),
  keyEpoch,
  partial: hex(96),
  decision: decodeDecision,
});

const refusal = object({ type: literal("comity/v1/refusal"), digest: hex(32), decision: decodeDecision });

const equivocation = object({
  type: literal("comity/v1/equivocation"),
  first: text(MAX_NOTE_BYTES),
  second: text(MAX_NOTE_BYTES),
});

/** A member's part in signing what follows from the ledger itself. */
const dutyShape = object({
  type: literal("comity/v1/duty"),
  kind: oneOf(...dutyKinds),
  keyEpoch,
  statement: (value: unknown) => value,
  partial: hex(96),
  decision: decodeDecision,
});

const duty: Decoder<DutyMessage> = (value, path = "") => {
  const message = dutyShape(value, path);
  return { ...message, statement: decodeDutyStatement(message.kind)(message.statement, "statement") };
};

export type DutyMessage = Omit<Decoded<typeof dutyShape>, "statement"> & {
  readonly statement: DutyStatement;
};
export type SummaryMessage = Decoded<typeof summary>;
export type ProposalMessage = Decoded<typeof proposal>;
export type PartialMessage = Decoded<typeof partial>;
export type RefusalMessage = Decoded<typeof refusal>;
export type EquivocationMessage = Decoded<typeof equivocation>;

interface Topic<T> {
  readonly maxBytes: number;
  /** @throws CanonicalError, DecodeError, CheckpointError */
  readonly decode: (bytes: Uint8Array) => T;
}

const json = <T>(maxBytes: number, decoder: Decoder<T>): Topic<T> => ({
  maxBytes,
  decode: (bytes) => decoder(decodeCanonical(bytes, maxBytes)),
});

/** Every gossip topic: what it carries and how much. Names on the wire: `channelName(networkId, name)`. */
export const topics = {
  checkpoint: { maxBytes: MAX_NOTE_BYTES, decode: decodeNote },
  summary: json(2 * 1024, summary),
  proposal: json(16 * 1024, proposal),
  partial: json(2 * 1024, partial),
  refusal: json(2 * 1024, refusal),
  equivocation: json(4 * 1024, equivocation),
  duty: json(2 * 1024, duty),
} as const;

export type TopicName = keyof typeof topics;
export type TopicMessage<N extends TopicName> = ReturnType<(typeof topics)[N]["decode"]>;

export const topicNames = Object.keys(topics) as readonly TopicName[];

function decodeNote(bytes: Uint8Array): string {
  const note = new TextDecoder("utf-8").decode(bytes.subarray(0, MAX_NOTE_BYTES + 1));
  readCheckpoint(note);
  if (!equalBytes(utf8(note), bytes)) throw new CheckpointError("CHECKPOINT_FORM", "the note is not UTF-8");
  return note;
}

/** What the proposer signs with its identity key. */
export function proposalBytes(
  network: NetworkId,
  digest: Uint8Array,
  message: Pick<ProposalMessage, "memberIndex" | "expiresAtMs">,
): Uint8Array {
  return fields(
    "comity/v1/proposal",
    fromHex(network, 32),
    digest,
    u16(message.memberIndex),
    u64(message.expiresAtMs),
  );
}

/** What the member that keeps the log signs with its identity key. */
export function summaryBytes(
  network: NetworkId,
  message: Omit<SummaryMessage, "signature"> & { signature?: unknown },
): Uint8Array {
  const unsigned = { ...message, signature: undefined };
  return fields("comity/v1/summary", fromHex(network, 32), sha256(encodeCanonical(unsigned)));
}
