import {
  type Decoded,
  decimal,
  type EvidenceRecord,
  fromHex,
  hex,
  integer,
  list,
  MAX_ACCELERATORS,
  MAX_TIME_MS,
  object,
  type Segment,
  serial,
  toHex,
} from "@comity/protocol";

/** Where the chains of a host stand after its last segment in the log. */
export interface HostState {
  readonly bootCount: number;
  readonly segmentNumber: bigint;
  /** Policy time. */
  readonly endMs: number;
  /** By serial. An accelerator that was left out of a segment keeps its place. */
  readonly accelerators: ReadonlyMap<string, AcceleratorState>;
}

export interface AcceleratorState {
  readonly counter: bigint;
  readonly nonce: bigint;
  readonly head: Uint8Array;
  /** Time of its last record, policy time. */
  readonly recordedMs: number;
}

export function stateAfter(
  before: HostState | undefined,
  segment: Segment,
  records: readonly EvidenceRecord[],
): HostState {
  const { bootCount, segmentNumber, endMs, startMs } = segment;
  const accelerators = new Map(before?.accelerators);
  segment.accelerators.forEach(({ serial, counterEnd, nonceEnd, headAfter }, index) => {
    const recorded = records.findLast((record) => record.accelerator === index)?.timestampMs;
    const recordedMs = recorded ?? accelerators.get(serial)?.recordedMs ?? startMs;
    accelerators.set(serial, { counter: counterEnd, nonce: nonceEnd, head: headAfter, recordedMs });
  });
  return { bootCount, segmentNumber, endMs, accelerators };
}

const U64 = 2n ** 64n - 1n;
const time = integer(0, MAX_TIME_MS);
const stateDocument = object({
  bootCount: integer(0, 2 ** 32 - 1),
  segmentNumber: decimal(U64),
  endMs: time,
  accelerators: list(
    object({ serial, counter: decimal(U64), nonce: decimal(U64), head: hex(32), recordedMs: time }),
    // Serials that a host once had, too.
    16 * MAX_ACCELERATORS,
  ),
});
export type HostStateDocument = Decoded<typeof stateDocument>;

export function toDocument({ accelerators, segmentNumber, ...rest }: HostState): HostStateDocument {
  const links = [...accelerators].map(([name, { counter, nonce, head, recordedMs }]) => {
    return {
      serial: serial(name),
      counter: counter.toString(),
      nonce: nonce.toString(),
      head: toHex(head),
      recordedMs,
    };
  });
  return { ...rest, segmentNumber: segmentNumber.toString(), accelerators: links };
}

export function fromDocument(value: unknown): HostState {
  const document = stateDocument(value);
  const links = document.accelerators.map(({ serial: name, counter, nonce, head, recordedMs }) => {
    const link = { counter: BigInt(counter), nonce: BigInt(nonce), head: fromHex(head, 32), recordedMs };
    return [name, link] as const;
  });
  return { ...document, segmentNumber: BigInt(document.segmentNumber), accelerators: new Map(links) };
}
