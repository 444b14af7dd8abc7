import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import {
  accelerators,
  DAY_MS,
  decodeRecords,
  decodeSegment,
  encodeRecord,
  hostIdOf,
  nextHead,
  parseNetworkId,
  RECORD_BYTES,
  recordRoot,
  splitRecords,
  verifyEd25519,
} from "@comity/protocol";
import fc from "fast-check";
import {
  chainAfter,
  draftSegment,
  firstChain,
  type HostChain,
  profileSource,
  sealSegment,
} from "../src/index.ts";

const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const rawKey = Uint8Array.from(publicKey.export({ format: "der", type: "spki" }).subarray(-32));
const models = ["B-1", "A-1", "C-1"].map((serial, i) => ({ serial, model: accelerators[i]?.model ?? "" }));
const phases = [
  { fromPolicyMs: 0, utilisationBasisPoints: 9900, kernelMix: { matmul: 1, attention: 2 } },
  { fromPolicyMs: 5 * DAY_MS, utilisationBasisPoints: 0, kernelMix: { other: 1 } },
];

function taskFrom(chain: HostChain, seed = "seed"): Parameters<typeof draftSegment>[0] {
  return {
    networkId: parseNetworkId("ab".repeat(32)),
    origin: "comity/test",
    chain,
    accelerators: models,
    endMs: chain.endMs + DAY_MS,
    recordIntervalMs: DAY_MS / 6,
    nonceEpoch: new Uint8Array(8),
    source: profileSource(seed, phases),
  };
}

describe("a segment", () => {
  const first = firstChain(hostIdOf(rawKey), 0);

  it("is signed by the host over exactly its bytes", () => {
    const { segment } = sealSegment(draftSegment(taskFrom(first)), privateKey);
    const { signedBytes, signature } = decodeSegment(segment);

    assert.ok(verifyEd25519(rawKey, signedBytes, signature));
  });

  it("has records as protocol encodes them, whose root, sums and heads it states", () => {
    const { segment, records } = draftSegment(taskFrom(first));
    const decoded = decodeRecords(records);

    assert.deepEqual(Buffer.concat(decoded.map(encodeRecord)), Buffer.from(records));
    assert.deepEqual(segment.recordRoot, recordRoot(records));
    assert.equal(records.length, 18 * RECORD_BYTES);
    segment.accelerators.forEach((accelerator, index) => {
      const own = splitRecords(records).filter((record) => record[8] === index);
      assert.deepEqual(own.reduce(nextHead, accelerator.headBefore), accelerator.headAfter);
      assert.equal(
        BigInt.asUintN(64, accelerator.counterStart + accelerator.flopsLeast),
        accelerator.counterEnd,
      );
      assert.equal(accelerator.nonceEnd, 6n);
    });
  });

  it("follows the one before in every chain", () => {
    const before = draftSegment(taskFrom(first)).segment;
    const { segment } = draftSegment(taskFrom(chainAfter(first, before)));

    assert.equal(segment.segmentNumber, 2n);
    assert.equal(segment.startMs, before.endMs);
    segment.accelerators.forEach((accelerator, i) => {
      const last = before.accelerators[i];
      assert.deepEqual(accelerator.headBefore, last?.headAfter);
      assert.equal(accelerator.counterStart, last?.counterEnd);
    });
  });

  it("goes on over the wrap of a counter", () => {
    const before = chainAfter(first, draftSegment(taskFrom(first)).segment);
    const links = [...before.accelerators].map(
      ([serial, link]) => [serial, { ...link, counter: 2n ** 64n - 1n }] as const,
    );
    const { segment } = draftSegment(taskFrom({ ...before, accelerators: new Map(links) }));

    for (const { counterStart, counterEnd, flopsLeast } of segment.accelerators) {
      assert.equal(BigInt.asUintN(64, counterStart + flopsLeast), counterEnd);
      assert.ok(flopsLeast > 0n);
    }
  });
});

describe("a profile", () => {
  const where = { serial: "A-1", model: "NVIDIA A100 SXM4 80 GB" };

  it("gives the same reading for the same seed, serial and time, and others else", () => {
    const [one, same, other] = ["x", "x", "y"].map((seed) =>
      profileSource(seed, phases)(where, DAY_MS, 2 * DAY_MS),
    );

    assert.deepEqual(one, same);
    assert.notDeepEqual(one, other);
    assert.notDeepEqual(one, profileSource("x", phases)({ ...where, serial: "A-2" }, DAY_MS, 2 * DAY_MS));
  });

  it("stays within what the accelerator can do, at any time and on any model", () => {
    const source = profileSource("x", phases);
    const time = fc.nat({ max: 10 * DAY_MS });
    const model = fc.constantFrom(...accelerators);

    fc.assert(
      fc.property(model, time, fc.integer({ min: 1, max: DAY_MS }), (accelerator, fromMs, spanMs) => {
        const reading = source({ serial: "A-1", model: accelerator.model }, fromMs, fromMs + spanMs);
        assert.ok(reading.flops * 1000n <= accelerator.peakFlops * BigInt(spanMs));
        assert.ok(reading.powerW >= 0 && reading.powerW <= 1.02 * accelerator.tdpW);
        assert.ok(reading.bandwidthGbps <= accelerator.bandwidthGbps);
      }),
    );
  });

  it("idles before the first phase and in one without work", () => {
    const idle = profileSource("x", [{ ...phases[0]!, fromPolicyMs: DAY_MS }]);

    assert.equal(idle(where, 0, DAY_MS).flops, 0n);
    assert.equal(profileSource("x", phases)(where, 6 * DAY_MS, 7 * DAY_MS).flops, 0n);
    assert.ok(Math.abs(profileSource("x", phases)(where, 6 * DAY_MS, 7 * DAY_MS).powerW - 60) < 10);
  });
});
