import { concat, encodeCanonical, u32, u16 } from "@comity/protocol";
import { WireError, wireBytes, WireReader } from "../gossip/wire.ts";
import type { Session } from "./session.ts";

/** What a node tells another that was away: an open proposal and the decisions about it, as they were gossiped. */
export interface OpenProposal {
  readonly proposal: Uint8Array;
  readonly partials: readonly Uint8Array[];
  readonly refusals: readonly Uint8Array[];
}

const MAX_OPEN = 1024;
const MAX_ANSWER_BYTES = 1024 * 1024;

/** As many as fit into an answer, newest first: what cannot be signed any more is proposed anew. */
export function encodeOpenProposals(sessions: readonly Session[]): Uint8Array {
  const encoded: Uint8Array[] = [];
  let sizeBytes = 0;
  for (const session of newestFirst(sessions).slice(0, MAX_OPEN)) {
    const bytes = encodeOpenProposal(session);
    sizeBytes += bytes.length;
    if (sizeBytes > MAX_ANSWER_BYTES) break;
    encoded.push(bytes);
  }
  return concat(u32(encoded.length), ...encoded);
}

function newestFirst(sessions: readonly Session[]): Session[] {
  return [...sessions].sort((a, b) => b.latestMs - a.latestMs);
}

function encodeOpenProposal({ renewal, partials, refusals }: Session): Uint8Array {
  const list = (messages: Iterable<unknown>): Uint8Array => {
    const encoded = [...messages].map((message) => wireBytes(encodeCanonical(message)));
    return concat(u16(encoded.length), ...encoded);
  };
  return concat(wireBytes(encodeCanonical(renewal)), list(partials.values()), list(refusals.values()));
}

/** @throws WireError */
export function decodeOpenProposals(bytes: Uint8Array): OpenProposal[] {
  const reader = new WireReader(bytes);
  const count = reader.u32();
  if (count > MAX_OPEN) throw new WireError("WIRE_MALFORMED", "too many open proposals");
  const list = (): Uint8Array[] => Array.from({ length: reader.u16() }, () => reader.bytes(reader.u32()));
  const open = Array.from({ length: count }, () => ({
    proposal: reader.bytes(reader.u32()),
    partials: list(),
    refusals: list(),
  }));
  reader.end();
  return open;
}
