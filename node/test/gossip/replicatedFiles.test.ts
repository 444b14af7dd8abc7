import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type GenesisMember,
  type HostDocument,
  leafHash,
  readCheckpoint,
  toHex,
  verifyEd25519,
  verifyInclusion,
  parseLogOrigin,
} from "@comity/protocol";
import { fetchEvidence, serveEvidence } from "../../src/gossip/evidenceStream.ts";
import { serveMirror } from "../../src/gossip/mirrorServer.ts";
import type { StreamHandler } from "../../src/gossip/network.ts";
import { MirrorReplicator } from "../../src/gossip/replicator.ts";
import { FileEvidenceLogs } from "../../src/log/index.ts";
import { createEd25519Verify } from "../../src/attestation/index.ts";
import { allOf, hostKey, testItem, testOrigin } from "./testEvidence.ts";
import { testKey } from "./testKeys.ts";
import { networkId, quiet, realClock } from "./testNetworks.ts";

const memberIds = ["aa", "bb", "cc", "dd"];
const members = memberIds.map((memberId, i) => {
  return { index: i + 1, memberId, identityKey: testKey(memberId).publicHex } as unknown as GenesisMember;
});
const { siteId, operatorId, memberId } = parseLogOrigin(
  testOrigin(networkId, "aa", "operator-one", "site-one"),
);
const site = { siteId, operatorId, memberId };
const origin = testOrigin(networkId, "aa", "operator-one", "site-one");
const items = (from: number, count: number): ReturnType<typeof testItem>[] =>
  Array.from({ length: count }, (_, i) => {
    const number = from + i;
    return testItem(networkId, origin, { number, startMs: number, endMs: number + 1, flops: 1n });
  });

const { signal } = new AbortController();

describe("replication between evidence logs on disk", function () {
  this.timeout(60_000);
  let dir: string;
  let logs: FileEvidenceLogs[];
  const streams = new Map<string, StreamHandler>();
  let replicator: MirrorReplicator;
  const request = (member: number, stream: string, bytes: Uint8Array): Promise<Uint8Array> =>
    streams.get(`${member} ${stream}`)!(bytes, 1);

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "comity-replicated-"));
    logs = members.map(({ index, memberId }) => {
      const identity = { index, sign: (bytes: Uint8Array) => testKey(memberId).sign(bytes) };
      const deps = {
        identity,
        verify: verifyEd25519,
        randomBytes,
        clock: realClock,
        fatal: (error: Error) => assert.fail(error),
      };
      return new FileEvidenceLogs({ directory: join(dir, memberId), networkId, members }, deps);
    });
    for (const [i, log] of logs.entries()) {
      await log.start();
      const network = {
        serve: (stream: string, handler: StreamHandler) => void streams.set(`${i + 1} ${stream}`, handler),
      };
      const host = (): HostDocument => ({ ...site, publicKey: hostKey.publicHex }) as HostDocument;
      serveMirror(
        { networkId, members, site: () => site, host },
        { network, logs: log, verify: createEd25519Verify({ maxKeys: 9 }) },
      );
      serveEvidence({ network, logs: log, checkpointAt: () => Promise.resolve(undefined) });
    }
    replicator = new MirrorReplicator(
      { ownIndex: 1, memberCount: 4, copies: 2, answerTimeoutMs: 10_000 },
      {
        logs: logs[0]!,
        network: { request, onPeer: () => undefined },
        clock: realClock,
        random: () => 0,
        log: quiet,
      },
    );
    await logs[0]!.open(origin);
  });
  afterEach(async () => {
    await replicator.stop();
    for (const log of logs) await log.stop();
    await rm(dir, { recursive: true });
  });

  it("brings a log that is longer than a batch to two mirrors, tree, note and sidecars", async () => {
    await logs[0]!.append(origin, items(1, 700));
    await replicator.start();

    await replicator.replicate(origin, signal);

    const own = logs[0]!.head(origin)!;
    for (const mirror of [logs[1]!, logs[2]!]) {
      const { size, root, checkpoint } = mirror.head(origin)!;
      assert.deepEqual({ size, root, checkpoint }, { size: 700, root: own.root, checkpoint: own.checkpoint });
    }
    assert.equal(logs[3]!.head(origin), undefined);
  });

  it("follows what is appended, and a mirror proves it in an earlier tree", async () => {
    await replicator.start();
    await logs[0]!.append(origin, items(1, 300));
    await replicator.replicate(origin, signal);
    const earlier = readCheckpoint(logs[0]!.head(origin)!.checkpoint!);
    await logs[0]!.append(origin, items(301, 5));
    await replicator.replicate(origin, signal);

    const asked = { origin, size: earlier.size, from: 0, to: 300, withRecords: true };
    const patience = { answerTimeoutMs: 5000, signal: new AbortController().signal };
    const answers = await allOf(fetchEvidence({ request }, 2, asked, patience));
    const entries = answers.flatMap((answer) => answer.entries);

    assert.equal(entries.length, 300);
    assert.equal(await logs[1]!.rootAt(origin, 300), toHex(earlier.root));
    for (const { index, entry, proof, records } of entries) {
      assert.equal(records.length, 68);
      assert.ok(verifyInclusion({ ...earlier, leaf: leafHash(entry), index, proof }));
    }
  });
});
