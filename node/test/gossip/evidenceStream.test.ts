import assert from "node:assert/strict";
import fc from "fast-check";
import { leafHash, verifyInclusion, fromHex, DomainError } from "@comity/protocol";
import {
  decodeEvidenceAnswer,
  decodeEvidenceRequest,
  encodeEvidenceAnswer,
  encodeEvidenceRequest,
  type ProvenEntry,
} from "../../src/gossip/evidenceMessage.ts";
import { fetchEvidence, serveEvidence } from "../../src/gossip/evidenceStream.ts";
import { decodeMirrorRequest } from "../../src/gossip/mirrorMessage.ts";
import { type GossipNetwork, StreamError, type StreamHandler } from "../../src/gossip/network.ts";
import { MemoryLogs } from "./memoryLogs.ts";
import { allOf, testItem, testOrigin } from "./testEvidence.ts";
import { testKey } from "./testKeys.ts";
import { networkId } from "./testNetworks.ts";

const origin = testOrigin(networkId, "aa", "operator-one", "site-one");

async function setUp(count: number): Promise<{
  logs: MemoryLogs;
  network: { request: (m: number, s: string, b: Uint8Array) => Promise<Uint8Array> };
}> {
  const logs = new MemoryLogs({ ownIndex: 1, memberIds: ["aa"], key: testKey("aa") });
  await logs.append(
    origin,
    Array.from({ length: count }, (_, i) =>
      testItem(networkId, origin, { number: i + 1, startMs: i, endMs: i + 1, flops: 1n }),
    ),
  );
  let served: StreamHandler = () => Promise.reject(new Error("not served"));
  serveEvidence({
    network: { serve: (_, handler) => (served = handler) },
    logs,
    checkpointAt: (_, size) => Promise.resolve(size === count ? logs.sign(origin, size) : undefined),
  });
  return { logs, network: { request: (_member, _stream, bytes) => served(bytes, 2) } };
}

type Request = Parameters<typeof fetchEvidence>[2];
const patience = { answerTimeoutMs: 2000, signal: new AbortController().signal };

/** All answers as one. */
async function fetched(
  network: Parameters<typeof fetchEvidence>[0],
  request: Request,
): Promise<{ checkpoint: string | undefined; entries: ProvenEntry[] }> {
  const answers = await allOf(fetchEvidence(network, 1, request, patience));
  return { checkpoint: answers.at(-1)?.checkpoint, entries: answers.flatMap(({ entries }) => entries) };
}

describe("fetchEvidence", () => {
  it("brings a range with proofs in the tree that was asked for, in several answers", async () => {
    const { logs, network } = await setUp(300);

    const answer = await fetched(network, { origin, size: 290, from: 3, to: 285, withRecords: false });

    const root = fromHex(await logs.rootAt(origin, 290), 32);
    assert.deepEqual(
      answer.entries.map(({ index }) => index),
      Array.from({ length: 282 }, (_, i) => i + 3),
    );
    assert.ok(
      answer.entries.every(({ index, entry, proof }) =>
        verifyInclusion({ leaf: leafHash(entry), index, size: 290, root, proof }),
      ),
    );
    assert.equal(answer.checkpoint, "");
  });

  it("brings the signed note of the tree and the records on request", async () => {
    const { logs, network } = await setUp(3);

    const answer = await fetched(network, { origin, size: 3, from: 0, to: 2, withRecords: true });

    assert.equal(answer.checkpoint, logs.sign(origin, 3));
    assert.deepEqual(
      answer.entries.map(({ records }) => records.length),
      [68, 68],
    );
  });

  it("takes no entry that is larger than any can be, and no records that it did not ask for", async () => {
    const request = { origin, size: 3, from: 0, to: 1, withRecords: false };
    const sound = { index: 0, entry: new Uint8Array(100), proof: [], records: new Uint8Array() };
    const answering = (change: Partial<typeof sound>): ReturnType<typeof fetched> => {
      const bytes = encodeEvidenceAnswer({ checkpoint: "", entries: [{ ...sound, ...change }] });
      return fetched({ request: () => Promise.resolve(bytes) }, request);
    };

    assert.equal((await answering({})).entries.length, 1);
    for (const [part, sizeBytes] of [
      ["entry", 20_000],
      ["records", 68],
    ] as const) {
      await assert.rejects(answering({ [part]: new Uint8Array(sizeBytes) }), { code: "EVIDENCE_WITHHELD" });
    }
  });

  it("is refused what is not held or not in the tree", async () => {
    const { network } = await setUp(3);

    await assert.rejects(fetched(network, { origin, size: 4, from: 0, to: 2, withRecords: false }), {
      code: "EVIDENCE_ABSENT",
    });
    await assert.rejects(fetched(network, { origin, size: 2, from: 0, to: 3, withRecords: false }), {
      code: "EVIDENCE_RANGE",
    });
  });
});

describe("fetchEvidence's patience", () => {
  it("is for each answer anew, not for all of them", async () => {
    const { network } = await setUp(300);
    const given: AbortSignal[] = [];
    const request: GossipNetwork["request"] = (member, stream, bytes, signal) => {
      given.push(signal);
      return network.request(member, stream, bytes);
    };

    await fetched({ request }, { origin, size: 300, from: 0, to: 300, withRecords: false });

    assert.equal(given.length, 2);
    assert.equal(new Set(given).size, 2);
  });

  it("ends with the answer that does not come", async () => {
    const request: GossipNetwork["request"] = (_member, _stream, _bytes, signal) =>
      new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(new StreamError("STREAM_TIMEOUT", "no answer"))),
      );
    const answers = fetchEvidence(
      { request },
      1,
      { origin, size: 3, from: 0, to: 3, withRecords: false },
      { ...patience, answerTimeoutMs: 1 },
    );

    await assert.rejects(answers.next(), { code: "STREAM_TIMEOUT" });
  });
});

describe("messages of direct streams", () => {
  const request = { origin, size: 3, from: 0, to: 2, withRecords: true };

  it("have one form: neither another yes than 1 nor a byte order mark reads as the same", () => {
    const bytes = encodeEvidenceRequest(request);
    assert.deepEqual(decodeEvidenceRequest(bytes), request);
    assert.throws(() => decodeEvidenceRequest(bytes.with(-1, 2)), { code: "WIRE_MALFORMED" });

    const marked = { ...request, origin: `\u{feff}${origin}` };
    assert.throws(() => decodeEvidenceRequest(encodeEvidenceRequest(marked)), { code: "WIRE_MALFORMED" });
  });

  it("decode random bytes or refuse them with a code", () => {
    const decoders = [decodeMirrorRequest, decodeEvidenceRequest, decodeEvidenceAnswer];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(...decoders), (bytes, decode) => {
        try {
          decode(bytes);
        } catch (error) {
          assert.ok(error instanceof DomainError);
        }
      }),
    );
  });
});
