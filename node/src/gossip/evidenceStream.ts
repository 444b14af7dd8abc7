import { decodeEntry, DomainError, MAX_SEGMENT_BYTES, toHex } from "@comity/protocol";
import {
  decodeEvidenceAnswer,
  decodeEvidenceRequest,
  encodeEvidenceAnswer,
  encodeEvidenceRequest,
  type EvidenceAnswer,
  type EvidenceRequest,
  MAX_EVIDENCE_ENTRIES,
  type ProvenEntry,
} from "./evidenceMessage.ts";
import type { GossipNetwork } from "./network.ts";

export type EvidenceErrorCode =
  "EVIDENCE_ABSENT" | "EVIDENCE_RANGE" | "EVIDENCE_WITHHELD" | "EVIDENCE_FORKED";
export class EvidenceError extends DomainError<EvidenceErrorCode> {}

const MAX_ANSWER_BYTES = 1024 * 1024;
/** No statement names a longer range: a month of 8,000 hosts, or half a gigabyte, that whoever holds no mirror fetches. */
export const MAX_RANGE = 262_144;
/** Time received, flags and segment; a proof has a hash for each level of the tree. */
const MAX_ENTRY_BYTES = 10 + MAX_SEGMENT_BYTES;
const MAX_PROOF = 64;

export interface EvidenceServerDeps {
  readonly network: Pick<GossipNetwork, "serve">;
  readonly logs: ServedLogs;
  /** Signed notes of earlier sizes that somebody may ask for. */
  readonly checkpointAt: (origin: string, size: number) => Promise<string | undefined>;
}

export interface ServedLogs {
  head(origin: string): { readonly size: number } | undefined;
  entries(origin: string, from: number, to: number): Promise<Uint8Array[]>;
  records(recordRoot: string): Promise<Uint8Array | undefined>;
  inclusion(origin: string, index: number, size: number): Promise<Uint8Array[]>;
}

/** Serves entries of any log that this node holds, own or mirrored, to any member. */
export function serveEvidence(deps: EvidenceServerDeps): void {
  deps.network.serve("evidence", async (bytes) => {
    const request = decodeEvidenceRequest(bytes);
    const held = deps.logs.head(request.origin)?.size ?? 0;
    if (request.size > held) throw new EvidenceError("EVIDENCE_ABSENT", `only ${held} entries are held here`);
    if (request.from >= request.to || request.to > request.size) {
      throw new EvidenceError("EVIDENCE_RANGE", "the range is not in the tree");
    }
    const entries = await provenEntries(deps.logs, request);
    return encodeEvidenceAnswer({
      checkpoint: (await deps.checkpointAt(request.origin, request.size)) ?? "",
      entries,
    });
  });
}

/** The first entries of a range with their proofs, up to the limits of one answer. */
export async function provenEntries(logs: ServedLogs, request: EvidenceRequest): Promise<ProvenEntry[]> {
  const { origin, size, from, withRecords } = request;
  const proven: ProvenEntry[] = [];
  let sizeBytes = 0;
  const to = Math.min(request.to, from + MAX_EVIDENCE_ENTRIES);
  for (const [step, entry] of (await logs.entries(origin, from, to)).entries()) {
    const index = from + step;
    const proof = await logs.inclusion(origin, index, size);
    const records = withRecords ? await sidecarOf(logs, entry) : new Uint8Array();
    sizeBytes += entry.length + 32 * proof.length + records.length + 32;
    if (proven.length > 0 && sizeBytes > MAX_ANSWER_BYTES) break;
    proven.push({ index, entry, proof, records });
  }
  return proven;
}

async function sidecarOf(logs: ServedLogs, entry: Uint8Array): Promise<Uint8Array> {
  const root = toHex(decodeEntry(entry).segment.recordRoot);
  return (await logs.records(root)) ?? new Uint8Array();
}

/** Whether an entry is no larger than any can be: a member that sends others must not fill our memory with them. */
function isBounded({ entry, proof, records }: ProvenEntry, { withRecords }: EvidenceRequest): boolean {
  return (
    entry.length <= MAX_ENTRY_BYTES && proof.length <= MAX_PROOF && (withRecords || records.length === 0)
  );
}

/** How long to wait: for each answer anew, and for all of them. */
export interface Patience {
  readonly answerTimeoutMs: number;
  readonly signal: AbortSignal;
}

/** Fetches a range from one member, answer by answer. Nothing in it is verified yet. @throws EvidenceError, StreamError */
export async function* fetchEvidence(
  network: Pick<GossipNetwork, "request">,
  memberIndex: number,
  request: EvidenceRequest,
  { answerTimeoutMs, signal }: Patience,
): AsyncGenerator<EvidenceAnswer> {
  if (request.to - request.from > MAX_RANGE)
    throw new EvidenceError("EVIDENCE_RANGE", "the range is too long");
  for (let { from } = request; from < request.to;) {
    const asked = { ...request, from };
    const patience = AbortSignal.any([signal, AbortSignal.timeout(answerTimeoutMs)]);
    const bytes = await network.request(memberIndex, "evidence", encodeEvidenceRequest(asked), patience);
    const answer = decodeEvidenceAnswer(bytes);
    if (!isFor(asked, answer))
      throw new EvidenceError(
        "EVIDENCE_WITHHELD",
        `member ${memberIndex} sends other entries than asked for`,
      );
    yield answer;
    from += answer.entries.length;
  }
}

/** Whether this is the beginning of what was asked for. */
function isFor(request: EvidenceRequest, { entries }: EvidenceAnswer): boolean {
  const { from, to } = request;
  const areNext = entries.every((proven, step) => proven.index === from + step && isBounded(proven, request));
  return areNext && entries.length > 0 && from + entries.length <= to;
}
