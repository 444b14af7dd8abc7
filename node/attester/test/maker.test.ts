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

/** The nonce epoch of the segment that a maker makes a while after the node gave the old one. */
async function madeAfter(ageMs: number, answer: () => Promise<{ nonceEpoch: string }>): Promise<string> {
  const stopping = new AbortController();
  const made: BatchItem[] = [];
  const now = 10 * DAY_MS;
  const site = {
    config: {
      networkId: parseNetworkId("ab".repeat(32)),
      origin: "comity/test",
      clock: { originMs: 0, scale: 1, scaledMs: 0, bucketMs: 1000 },
      segmentIntervalMs: DAY_MS,
      recordIntervalMs: DAY_MS,
    },
    hosts: new Map([[hostId, { hostId, accelerators: [{ serial: "A", model: "NVIDIA L4" }] }]]),
    keys: new Map([[hostId, privateKey]]),
    source: profileSource("x", []),
    spool: {
      chains: new Map([[hostId, firstChain(hostId, now - DAY_MS)]]),
      append: (items: BatchItem[]) => {
        made.push(...items);
        stopping.abort();
        return Promise.resolve();
      },
    },
    client: { host: answer },
    clock: { now: () => now, sleep: () => Promise.resolve() },
    emit: () => undefined,
    unknown: new Set<string>(),
    fresh: { nonceEpoch: Buffer.from(old, "hex"), askAgainMs: now - ageMs + 300_000 },
  };
  await new Maker(site as unknown as Site).run(stopping.signal);
  return toHex(decodeSegment(made[0]!.segment).nonceEpoch);
}

describe("a maker", () => {
  const give = (): Promise<{ nonceEpoch: string }> => Promise.resolve({ nonceEpoch: renewed });

  it("signs with the nonce epoch that it has while that is young", async () => {
    assert.equal(await madeAfter(299_999, give), old);
  });

  it("asks for a new nonce epoch before it signs, if the last is five minutes old", async () => {
    assert.equal(await madeAfter(300_000, give), renewed);
  });

  it("goes on with the old nonce epoch while the node is away", async () => {
    const away = (): Promise<never> => Promise.reject(new IntakeError("INTAKE_UNREACHABLE", "away"));

    assert.equal(await madeAfter(DAY_MS, away), old);
  });
});
