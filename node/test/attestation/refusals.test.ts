import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { type Draft, draftSegment, sealSegment, type SegmentTask } from "@comity/attester";
import {
  type BatchItem,
  concat,
  DAY_MS,
  encodeUnsignedSegment,
  hostIdOf,
  leafHash,
  MAX_TIME_MS,
  nextHead,
  parseNetworkId,
  parseSerial,
  recordRoot,
  type Segment,
  type SegmentAccelerator,
  splitRecords,
  treeHash,
} from "@comity/protocol";
import { type RefusalCode, refusalCodes } from "../../src/attestation/index.ts";
import { temporaryFolders } from "../log/fixture.ts";
import { FakeClock, startIntake, TestHost, type TestIntake } from "./fixture.ts";

const start = 20_000 * DAY_MS;
const flip = (bytes: Uint8Array, at: number): Uint8Array =>
  bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));

/** A segment for each reason to refuse one, that nothing else is wrong with: `alice` has sent one day, this is her next. */
type Craft = (alice: TestHost, last: BatchItem) => BatchItem;

const draft = (alice: TestHost, changed: Partial<SegmentTask> = {}): Draft =>
  draftSegment(alice.task(changed));
const seal = (alice: TestHost, changed: Partial<SegmentTask> = {}): BatchItem =>
  sealSegment(draft(alice, changed), alice.key);
const resign = (alice: TestHost, change: (segment: Segment) => Partial<Segment>): BatchItem => {
  const { segment, records } = draft(alice);
  return sealSegment({ segment: { ...segment, ...change(segment) }, records }, alice.key);
};
const first = (segment: Segment, change: Partial<SegmentAccelerator>): Partial<Segment> => {
  const [accelerator, ...rest] = segment.accelerators;
  return { accelerators: [{ ...accelerator!, ...change }, ...rest] };
};
const nonceOf = (segment: Segment): bigint => segment.accelerators[0]!.nonceStart;
/** Signs changed records truthfully: root and heads follow them. */
const rerecord = (alice: TestHost, change: (records: Uint8Array) => Uint8Array): BatchItem => {
  const { segment, records } = draft(alice);
  const changed = change(Uint8Array.from(records));
  const accelerators = segment.accelerators.map((accelerator, index) => {
    const own = splitRecords(changed).filter((record) => record[8] === index);
    return { ...accelerator, headAfter: own.reduce(nextHead, accelerator.headBefore) };
  });
  return sealSegment(
    { segment: { ...segment, accelerators, recordRoot: recordRoot(changed) }, records: changed },
    alice.key,
  );
};
const setU64 = (records: Uint8Array, at: number, value: bigint): Uint8Array => {
  new DataView(records.buffer, records.byteOffset).setBigUint64(at, value);
  return records;
};

const cases: Record<RefusalCode, readonly [string, Craft][]> = {
  SEGMENT_OVERSIZED: [["longer than any", (alice) => ({ ...seal(alice), segment: new Uint8Array(70_000) })]],
  SEGMENT_MALFORMED: [
    ["another tag", (alice) => ({ ...seal(alice), segment: flip(seal(alice).segment, 5) })],
    ["cut short", (alice) => ({ ...seal(alice), segment: seal(alice).segment.slice(0, -1) })],
    ["nothing", () => ({ segment: new Uint8Array(), records: new Uint8Array() })],
    ["an empty interval", (alice) => resign(alice, ({ startMs }) => ({ endMs: startMs }))],
    ["an interval of more than a day", (alice) => resign(alice, ({ endMs }) => ({ endMs: endMs + 1 }))],
  ],
  SEGMENT_UNSIGNED: [
    ["no signature", (alice) => ({ ...seal(alice), segment: encodeUnsignedSegment(draft(alice).segment) })],
  ],
  SEGMENT_SHORT: [
    [
      "an interval of less than four hours",
      (alice) => seal(alice, { endMs: alice.chain.endMs + DAY_MS / 6 - 1 }),
    ],
  ],
  SEGMENT_NETWORK: [
    ["another network", (alice) => seal(alice, { networkId: parseNetworkId("cd".repeat(32)) })],
  ],
  SEGMENT_ORIGIN: [["another log", (alice) => seal(alice, { origin: "comity/elsewhere" })]],
  HOST_NOT_ENROLLED: [
    [
      "a key nobody enrolled",
      (alice) => {
        const { publicKey, privateKey } = generateKeyPairSync("ed25519");
        const hostId = hostIdOf(publicKey.export({ format: "der", type: "spki" }).subarray(-32));
        return sealSegment(draft(alice, { chain: { ...alice.chain, hostId } }), privateKey);
      },
    ],
    ["a host of another site", () => new TestHost("mallory", start).next()],
  ],
  ACCELERATOR_UNKNOWN: [
    ["one too many", (alice) => seal(alice, { accelerators: [{ serial: "ZZZ", model: "NVIDIA L4" }] })],
    ["another host's", (alice) => resign(alice, (segment) => first(segment, { serial: parseSerial("A-A") }))],
  ],
  SEGMENT_REPLAYED: [["the same bytes", (_, last) => last]],
  SEGMENT_SIGNATURE: [
    [
      "a flipped bit",
      (alice) => ({ ...seal(alice), segment: flip(seal(alice).segment, seal(alice).segment.length - 1) }),
    ],
    ["another key", (alice) => sealSegment(draft(alice), new TestHost("mallory").key)],
    ["another message", (alice) => ({ ...seal(alice), segment: flip(seal(alice).segment, 118) })],
  ],
  SEGMENT_FORKED: [
    [
      "another segment of its number",
      (alice) => resign(alice, ({ segmentNumber }) => ({ segmentNumber: segmentNumber - 1n })),
    ],
  ],
  SEGMENT_GAP: [
    [
      "a skipped number",
      (alice) => resign(alice, ({ segmentNumber }) => ({ segmentNumber: segmentNumber + 1n })),
    ],
  ],
  TIME_BACKWARDS: [
    [
      "an overlap",
      (alice) => resign(alice, ({ startMs, endMs }) => ({ startMs: startMs - 1, endMs: endMs - 1 })),
    ],
    ["a boot count below", (alice) => resign(alice, () => ({ bootCount: 0 }))],
  ],
  TIME_FUTURE: [
    [
      "a later end than now",
      (alice) => resign(alice, () => ({ startMs: MAX_TIME_MS - DAY_MS, endMs: MAX_TIME_MS })),
    ],
  ],
  NONCE_BACKWARDS: [
    [
      "a start below the last",
      (alice) => resign(alice, (segment) => first(segment, { nonceStart: nonceOf(segment) - 1n })),
    ],
    [
      "a record that repeats one",
      (alice) =>
        rerecord(alice, (records) => setU64(records, 28, alice.chain.accelerators.get("ALICE-A")!.nonce)),
    ],
  ],
  HEAD_MISMATCH: [
    [
      "a chain that goes on from elsewhere",
      (alice) => {
        const links = [...alice.chain.accelerators].map(([name, link]) => {
          return [name, { ...link, head: flip(link.head, 0) }] as const;
        });
        return seal(alice, { chain: { ...alice.chain, accelerators: new Map(links) } });
      },
    ],
    [
      "another head before",
      (alice) => resign(alice, (segment) => first(segment, { headBefore: new Uint8Array(32) })),
    ],
    [
      "another head after",
      (alice) => resign(alice, (segment) => first(segment, { headAfter: new Uint8Array(32) })),
    ],
    [
      "skipped nonces",
      (alice) => resign(alice, (segment) => first(segment, { nonceStart: nonceOf(segment) + 1n })),
    ],
    ["a counter that jumps", (alice) => resign(alice, (segment) => first(segment, { counterStart: 1n }))],
  ],
  RECORDS_MISMATCH: [
    ["a changed record", (alice) => ({ ...seal(alice), records: flip(seal(alice).records, 11) })],
    ["a missing record", (alice) => ({ ...seal(alice), records: seal(alice).records.slice(68) })],
    ["a larger sum", (alice) => resign(alice, (segment) => first(segment, { flopsLeast: 1n << 100n }))],
    ["another last counter", (alice) => resign(alice, (segment) => first(segment, { counterEnd: 1n }))],
    ["another last nonce", (alice) => resign(alice, (segment) => first(segment, { nonceEnd: 99n }))],
    ["another order", (alice) => rerecord(alice, (records) => concat(...splitRecords(records).reverse()))],
    ["a record past the end", (alice) => resign(alice, ({ endMs }) => ({ endMs: endMs - 1 }))],
    [
      "a record before the start",
      (alice) => resign(alice, ({ startMs }) => ({ startMs: startMs + DAY_MS / 6 })),
    ],
    ["an accelerator that is not there", (alice) => rerecord(alice, (records) => records.fill(9, 76, 77))],
    ["an unknown kernel class", (alice) => rerecord(alice, (records) => records.fill(9, 9, 10))],
    [
      "counts that only add up together",
      (alice) =>
        resign(alice, (segment) => {
          const [a, b] = segment.accelerators;
          return {
            accelerators: [
              { ...a!, recordCount: 5 },
              { ...b!, recordCount: 7 },
            ],
          };
        }),
    ],
  ],
  FLOPS_IMPOSSIBLE: [
    [
      "more than the enrolled peak",
      (alice) => {
        const { source } = alice.task();
        const flops = (989_400_000_000_000n * BigInt(DAY_MS / 6)) / 1000n + 1n;
        return seal(alice, { source: (...where) => ({ ...source(...where), flops }) });
      },
    ],
  ],
};

describe("a segment is refused as", function () {
  this.timeout(60_000); // It waits for the disk.

  const folders = temporaryFolders();
  let taking: TestIntake;
  const [alice, bob, mallory] = [
    new TestHost("alice", start),
    new TestHost("bob", start),
    new TestHost("mallory"),
  ];
  let last: BatchItem;

  before(async () => {
    // Enrolled, but at another site.
    const elsewhere = { ...mallory.document, siteId: "site-two" as typeof mallory.document.siteId };
    taking = await startIntake(await folders.make(), [alice.document, bob.document, elsewhere], {
      clock: new FakeClock(start + 100 * DAY_MS),
    });
    last = alice.next();
    assert.deepEqual(await taking.take(last), ["accepted@0"]);
  });

  after(async () => {
    assert.deepEqual(taking.fatal, []);
    await taking.stop();
    await folders.removeAll();
  });

  for (const code of refusalCodes) {
    for (const [name, craft] of cases[code]) {
      it(`${code} for ${name}, and the good ones around it are accepted`, async () => {
        const before = taking.intake.counters.snapshot().segments;
        const [size, bad] = [taking.logs.list()[0]!.size, craft(alice, last)];
        const good = [bob.next(), bob.next()] as const;
        const next = alice.next();

        const answers = await taking.take(good[0], bad, good[1], next, bad);

        // After her next segment the bad one may be wrong in another way too.
        assert.deepEqual(answers.slice(0, 4), [
          `accepted@${size}`,
          code,
          `accepted@${size + 1}`,
          `accepted@${size + 2}`,
        ]);
        assert.match(answers[4]!, /^[A-Z_]+$/);
        const now = taking.intake.counters.snapshot().segments;
        assert.equal(now.get("accepted"), before.get("accepted")! + 3);
        assert.ok(now.get(code)! > before.get(code)!);
        last = next;
      });
    }
  }

  it("nothing when it is right: the log has every accepted segment, and no other", async () => {
    const { size, root } = taking.logs.list()[0]!;
    const entries = await taking.logs.entries(taking.logs.list()[0]!.origin, 0, size);

    assert.equal(size, taking.intake.counters.snapshot().segments.get("accepted"));
    assert.equal(Buffer.from(treeHash(entries.map(leafHash))).toString("hex"), root);
  });
});
