import assert from "node:assert/strict";
import fc from "fast-check";
import { leafHash, verifyInclusion, fromHex, DomainError } from "@comity/protocol";
import {
  decodeEvidenceAnswer,
  decodeEvidenceRequest,
  encodeEvidenceAnswer,
} from "../../src/gossip/evidenceMessage.ts";
import { fetchEvidence, serveEvidence } from "../../src/gossip/evidenceStream.ts";
import { decodeMirrorRequest } from "../../src/gossip/mirrorMessage.ts";
import type { StreamHandler } from "../../src/gossip/network.ts";
import { MemoryLogs } from "./memoryLogs.ts";
import { testItem, testOrigin } from "./testEvidence.ts";
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

describe("fetchEvidence", () => {
  const signal = new AbortController().signal;

  it("brings a range with proofs in the tree that was asked for, in several answers", async () => {
    const { logs, network } = await setUp(300);

    const answer = await fetchEvidence(
      network,
      1,
      { origin, size: 290, from: 3, to: 285, withRecords: false },
      signal,
    );

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

    const answer = await fetchEvidence(
      network,
      1,
      { origin, size: 3, from: 0, to: 2, withRecords: true },
      signal,
    );

    assert.equal(answer.checkpoint, logs.sign(origin, 3));
    assert.deepEqual(
      answer.entries.map(({ records }) => records.length),
      [68, 68],
    );
  });

  it("takes no entry that is larger than any can be, and no records that it did not ask for", async () => {
    const request = { origin, size: 3, from: 0, to: 1, withRecords: false };
    const sound = { index: 0, entry: new Uint8Array(100), proof: [], records: new Uint8Array() };
    const answering = (change: Partial<typeof sound>): ReturnType<typeof fetchEvidence> => {
      const bytes = encodeEvidenceAnswer({ checkpoint: "", entries: [{ ...sound, ...change }] });
      return fetchEvidence({ request: () => Promise.resolve(bytes) }, 1, request, signal);
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

    await assert.rejects(
      fetchEvidence(network, 1, { origin, size: 4, from: 0, to: 2, withRecords: false }, signal),
      { code: "EVIDENCE_ABSENT" },
    );
    await assert.rejects(
      fetchEvidence(network, 1, { origin, size: 2, from: 0, to: 3, withRecords: false }, signal),
      { code: "EVIDENCE_RANGE" },
    );
  });
});

describe("messages of direct streams", () => {
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
