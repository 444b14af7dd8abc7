import {
  type Decoded,
  decimal,
  FIRST_HEAD,
  fromHex,
  hex,
  hostId as hostIdText,
  type HostId,
  integer,
  list,
  MAX_ACCELERATORS,
  MAX_TIME_MS,
  object,
  type Segment,
  serial as serialText,
  toHex,
} from "@comity/protocol";

/** Where the chains of a host stand: what its next segment follows. */
export interface HostChain {
  readonly hostId: HostId;
  readonly bootCount: number;
  readonly segmentNumber: bigint;
  /** Policy time at which the last interval ended. */
  readonly endMs: number;
  /** By serial. */
  readonly accelerators: ReadonlyMap<string, AcceleratorChain>;
}

export interface AcceleratorChain {
  readonly counter: bigint;
  readonly nonce: bigint;
  readonly head: Uint8Array;
}

export const FIRST_LINK: AcceleratorChain = { counter: 0n, nonce: 0n, head: FIRST_HEAD };

export function firstChain(hostId: HostId, endMs: number): HostChain {
  return { hostId, bootCount: 1, segmentNumber: 0n, endMs, accelerators: new Map() };
}

export function chainAfter(chain: HostChain | undefined, segment: Segment): HostChain {
  const links = segment.accelerators.map(({ serial, counterEnd, nonceEnd, headAfter }) => {
    return [serial, { counter: counterEnd, nonce: nonceEnd, head: headAfter }] as const;
  });
  const { hostId, bootCount, segmentNumber, endMs } = segment;
  return {
    hostId,
    bootCount,
    segmentNumber,
    endMs,
    accelerators: new Map([...(chain?.accelerators ?? []), ...links]),
  };
}

const U64 = 2n ** 64n - 1n;

/** How chains are written down, by this attester in its spool and by a node in its answers. */
export const chainFields = {
  bootCount: integer(0, 2 ** 32 - 1),
  segmentNumber: decimal(U64),
  endMs: integer(0, MAX_TIME_MS),
  accelerators: list(
    object({ serial: serialText, counter: decimal(U64), nonce: decimal(U64), head: hex(32) }),
    MAX_ACCELERATORS,
  ),
};
export const chainDocument = object({ hostId: hostIdText, ...chainFields });
export type ChainDocument = Decoded<typeof chainDocument>;

export function toDocument(chain: HostChain): ChainDocument {
  const { hostId, bootCount, segmentNumber, endMs, accelerators } = chain;
  const links = [...accelerators].map(([serial, { counter, nonce, head }]) => {
    return {
      serial: serialText(serial),
      counter: counter.toString(),
      nonce: nonce.toString(),
      head: toHex(head),
    };
  });
  return { hostId, bootCount, segmentNumber: segmentNumber.toString(), endMs, accelerators: links };
}

export function fromDocument(document: ChainDocument): HostChain {
  const links = document.accelerators.map(({ serial, counter, nonce, head }) => {
    return [serial, { counter: BigInt(counter), nonce: BigInt(nonce), head: fromHex(head, 32) }] as const;
  });
  return { ...document, segmentNumber: BigInt(document.segmentNumber), accelerators: new Map(links) };
}
