import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { type BatchItem, DAY_MS, decodeSegment, hostIdOf, parseNetworkId, toHex } from "@comity/protocol";
import { firstChain, profileSource } from "../src/index.ts";
import { IntakeError } from "../src/intakeClient.ts";
import { Maker } from "../src/maker.ts";
import type { Site } from "../src/site.ts";

const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const hostId = hostIdOf(publicKey.export({ format: "der", type: "spki" }).subarray(-32));
const [old, renewed] = ["aa".repeat(8), "bb".repeat(8)];
const now = 10 * DAY_MS;
const give = (): Promise<{ nonceEpoch: string }> => Promise.resolve({ nonceEpoch: renewed });

interface Given {
  /** How long ago the node gave the old nonce epoch. */
  readonly ageMs?: number;
  readonly answer?: () => Promise<{ nonceEpoch: string }>;
  readonly endPolicyMs?: number;
}

/** The segment that a maker makes on the tenth day, if any, before it waits for the next. */
async function made({ ageMs = 0, answer = give, endPolicyMs }: Given): Promise<BatchItem | undefined> {
  const stopping = new AbortController();
  const made: BatchItem[] = [];
  const sleep = (): Promise<void> => {
    stopping.abort();
    return Promise.resolve();
  };
  const site = {
    config: {
      networkId: parseNetworkId("ab".repeat(32)),
      origin: "comity/test",
      clock: { originMs: 0, scale: 1, scaledMs: 0, bucketMs: 1000 },
      segmentIntervalMs: DAY_MS,
      recordIntervalMs: DAY_MS,
      endPolicyMs,
    },
    hosts: new Map([[hostId, { hostId, accelerators: [{ serial: "A", model: "NVIDIA L4" }] }]]),
    keys: new Map([[hostId, privateKey]]),
    source: profileSource("x", []),
    spool: {
      chains: new Map([[hostId, firstChain(hostId, now - DAY_MS)]]),
      append: (items: BatchItem[]) => {
        made.push(...items);
        return Promise.resolve();
      },
    },
    client: { host: answer },
    clock: { now: () => now, sleep },
    emit: () => undefined,
    unknown: new Set<string>(),
    fresh: { nonceEpoch: Buffer.from(old, "hex"), askAgainMs: now - ageMs + 300_000 },
  };
  await new Maker(site as unknown as Site).run(stopping.signal);
  return made[0];
}

async function nonceEpoch(given: Given): Promise<string> {
  return toHex(decodeSegment((await made(given))!.segment).nonceEpoch);
}

describe("a maker", () => {
  it("signs with the nonce epoch that it has while that is young", async () => {
    assert.equal(await nonceEpoch({ ageMs: 299_999 }), old);
  });

  it("makes nothing that would end after its evidence does", async () => {
    assert.ok((await made({ endPolicyMs: now })) !== undefined);
    assert.equal(await made({ endPolicyMs: now - 1 }), undefined);
  });

  it("asks for a new nonce epoch before it signs, if the last is five minutes old", async () => {
    assert.equal(await nonceEpoch({ ageMs: 300_000 }), renewed);
  });

  it("goes on with the old nonce epoch while the node is away", async () => {
    const away = (): Promise<never> => Promise.reject(new IntakeError("INTAKE_UNREACHABLE", "away"));

    assert.equal(await nonceEpoch({ ageMs: DAY_MS, answer: away }), old);
  });
});
