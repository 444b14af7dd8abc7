import assert from "node:assert/strict";
import {
  decodeEntry,
  type HostDocument,
  hostIdOf,
  parseMemberId,
  parseOperatorId,
  parseSiteId,
  toHex,
} from "@comity/protocol";
import { createEd25519Verify } from "../../src/attestation/index.ts";
import { StreamError } from "../../src/gossip/network.ts";
import { MirrorReplicator } from "../../src/gossip/replicator.ts";
import { serveMirror } from "../../src/gossip/mirrorServer.ts";
import type { StreamHandler } from "../../src/gossip/network.ts";
import {
  decodeMirrorRequest,
  encodeMirrorAnswer,
  encodeMirrorRequest,
} from "../../src/gossip/mirrorMessage.ts";
import { ringAfter, ringDistance } from "../../src/gossip/ringChoice.ts";
import { MemoryLogs } from "./memoryLogs.ts";
import { hostKey, testItem, testOrigin } from "./testEvidence.ts";
import { testKey } from "./testKeys.ts";
import { networkId, quiet, realClock } from "./testNetworks.ts";

const { signal } = new AbortController();
const memberIds = ["aa", "bb", "cc", "dd"];
const origin = testOrigin(networkId, "aa", "operator-one", "site-one");
const times = (number: number): { number: number; startMs: number; endMs: number; flops: bigint } => {
  return { number, startMs: number, endMs: number + 1, flops: 1n };
};
const item = (number: number): { entry: Uint8Array; records: Uint8Array } =>
  testItem(networkId, origin, times(number));

const site = {
  siteId: parseSiteId("site-one"),
  operatorId: parseOperatorId("operator-one"),
  memberId: parseMemberId("aa"),
};
const names = {
  networkId,
  members: memberIds.map((memberId, i) => ({ index: i + 1, memberId })),
  site: (siteId: string) => (siteId === site.siteId ? site : undefined),
  host: (hostId: string) =>
    hostId === hostIdOf(hostKey.publicKey)
      ? ({ ...site, publicKey: hostKey.publicHex } as HostDocument)
      : undefined,
};

/** Mirrors that answer directly; any can be taken away. */
class Mirrors {
  readonly logs = new Map<number, MemoryLogs>();
  readonly handlers = new Map<number, StreamHandler>();
  readonly dead = new Set<number>();
  /** What members answer who do not tell the truth. */
  readonly lies = new Map<number, () => number>();
  readonly pushes: { member: number; items: number; bytes: number }[] = [];
  peerListener: (member: number) => void = () => undefined;

  constructor() {
    for (const [i, memberId] of memberIds.entries()) {
      const logs = new MemoryLogs({ ownIndex: i + 1, memberIds, key: testKey(memberId) });
      this.logs.set(i + 1, logs);
      const serve = (_: string, handler: StreamHandler): void => void this.handlers.set(i + 1, handler);
      serveMirror(names, { network: { serve }, logs, verify: createEd25519Verify({ maxKeys: 9 }) });
    }
  }

  async request(member: number, _stream: string, bytes: Uint8Array): Promise<Uint8Array> {
    if (this.dead.has(member)) throw new StreamError("STREAM_UNREACHABLE", "dead");
    const lie = this.lies.get(member);
    // A turn of the event loop, as any real answer takes.
    if (lie) return new Promise((resolve) => setImmediate(() => resolve(encodeMirrorAnswer(lie()))));
    this.pushes.push({ member, items: decodeMirrorRequest(bytes).items.length, bytes: bytes.length });
    return this.handlers.get(member)!(bytes, 1);
  }

  onPeer(listener: (member: number) => void): void {
    this.peerListener = listener;
  }
}

function setUp(): { mirrors: Mirrors; own: MemoryLogs; replicator: MirrorReplicator } {
  const mirrors = new Mirrors();
  const own = mirrors.logs.get(1)!;
  const replicator = new MirrorReplicator(
    { ownIndex: 1, memberCount: 4, copies: 2, answerTimeoutMs: 5_000 },
    { logs: own, network: mirrors, clock: realClock, random: () => 0, log: quiet },
  );
  return { mirrors, own, replicator };
}

describe("MirrorReplicator", () => {
  let parts: ReturnType<typeof setUp>;
  beforeEach(() => (parts = setUp()));
  afterEach(() => parts.replicator.stop());

  it("resolves once the next f+1 members of the ring hold all", async () => {
    const { mirrors, own, replicator } = parts;
    await replicator.start();
    await own.append(origin, [item(1), item(2)]);

    await replicator.replicate(origin, signal);

    assert.deepEqual(
      [2, 3, 4].map((member) => mirrors.logs.get(member)?.head(origin)?.size),
      [2, 2, undefined],
    );
    assert.equal(mirrors.logs.get(2)?.head(origin)?.checkpoint, own.head(origin)?.checkpoint);
    assert.equal((await mirrors.logs.get(2)!.records((await recordRootsOf(own))[0]!))?.length, 68);
  });

  it("asks a substitute when a mirror does not answer", async () => {
    const { mirrors, own, replicator } = parts;
    mirrors.dead.add(2);
    await replicator.start();
    await own.append(origin, [item(1)]);

    await replicator.replicate(origin, signal);

    assert.deepEqual(
      [3, 4].map((member) => mirrors.logs.get(member)?.head(origin)?.size),
      [1, 1],
    );
  });

  it("asks a substitute when a mirror says, whatever it is sent, that it holds a little", async () => {
    const { mirrors, own, replicator } = parts;
    let answers = 0;
    mirrors.lies.set(2, () => (answers++ % 2) + 1);
    await replicator.start();
    await own.append(origin, [item(1), item(2), item(3)]);

    await replicator.replicate(origin, signal);

    assert.deepEqual(
      [3, 4].map((member) => mirrors.logs.get(member)?.head(origin)?.size),
      [3, 3],
    );
  });

  it("waits while fewer than f+1 others live, and goes on when one comes back", async () => {
    const { mirrors, own, replicator } = parts;
    mirrors.dead.add(2).add(3);
    await replicator.start();
    await own.append(origin, [item(1)]);
    let isSafe = false;
    const replicated = replicator.replicate(origin, signal).then(() => (isSafe = true));
    while (mirrors.logs.get(4)?.head(origin) === undefined)
      await new Promise((resolve) => setImmediate(resolve));
    assert.equal(isSafe, false);

    mirrors.dead.delete(3);
    mirrors.peerListener(3);
    await replicated;

    assert.equal(mirrors.logs.get(3)?.head(origin)?.size, 1);
  });

  it("catches up a mirror from where it stopped", async () => {
    const { mirrors, own, replicator } = parts;
    await own.append(origin, [item(1), item(2)]);
    await mirrors.logs.get(2)!.mirror(origin, 0, [item(1)], own.sign(origin, 1));
    await replicator.start();

    await replicator.replicate(origin, signal);

    assert.equal(mirrors.logs.get(2)?.head(origin)?.root, own.head(origin)?.root);
    assert.deepEqual(
      mirrors.pushes.filter(({ member }) => member === 2).map(({ items }) => items),
      [0, 1],
    );
  });

  it("sends what was appended during a push in one batch, at most a mebibyte", async () => {
    const { mirrors, own, replicator } = parts;
    await replicator.start();
    const waiting = [];
    for (let number = 1; number <= 300; number++) {
      await own.append(origin, [item(number)]);
      waiting.push(replicator.replicate(origin, signal));
    }

    await Promise.all(waiting);

    const pushes = mirrors.pushes.filter(({ member }) => member === 2);
    assert.equal(mirrors.logs.get(2)?.head(origin)?.size, 300);
    assert.ok(pushes.length < 60, `${pushes.length} pushes`);
    assert.ok(pushes.every(({ bytes }) => bytes <= 1024 * 1024 + 2048));
  });

  it("lets nobody wait who does not want to any more", async () => {
    const { mirrors, own, replicator } = parts;
    for (const member of [2, 3, 4]) mirrors.dead.add(member);
    await replicator.start();
    await own.append(origin, [item(1)]);
    const leaving = new AbortController();
    const left = replicator.replicate(origin, leaving.signal);
    assert.equal(replicator.waiting, 1);

    leaving.abort(new Error("too late"));

    await assert.rejects(left, /too late/);
    assert.equal(replicator.waiting, 0);
  });

  it("gives up with a code when the node stops", async () => {
    const { mirrors, own, replicator } = parts;
    for (const member of [2, 3, 4]) mirrors.dead.add(member);
    await replicator.start();
    await own.append(origin, [item(1)]);
    const replicated = replicator.replicate(origin, signal);

    await replicator.stop();

    await assert.rejects(replicated, { code: "REPLICATOR_STOPPED" });
  });
});

describe("serveMirror", () => {
  it("refuses a log that its pusher does not keep", async () => {
    const { handlers } = new Mirrors();
    const request = encodeMirrorRequest({ origin, from: 0, checkpoint: "", proof: [], items: [] });

    await assert.rejects(handlers.get(3)!(request, 2), { code: "MIRROR_OWNER" });
    await assert.rejects(handlers.get(3)!(new Uint8Array(3), 1), { code: "WIRE_MALFORMED" });
  });

  it("stores nothing that no enrolled host signed, nor what came with it", async () => {
    const { handlers, logs } = new Mirrors();
    const other = testItem(networkId, origin, { ...times(2), host: testKey("another host") });
    const forged = testItem(networkId, origin, { ...times(2), signWith: testKey("somebody") });
    for (const bad of [other, forged]) {
      const items = [item(1), bad];
      const own = new MemoryLogs({ ownIndex: 1, memberIds, key: testKey("aa") });
      await own.append(origin, items);
      const head = { origin, from: 0, checkpoint: own.sign(origin, 2), proof: [] };

      await assert.rejects(handlers.get(3)!(encodeMirrorRequest({ ...head, items }), 1), {
        code: "MIRROR_HOST",
      });
    }
    assert.equal(logs.get(3)!.head(origin), undefined);
  });

  it("makes no log of a site that the ledger does not know, or knows of another operator", async () => {
    const { handlers, logs } = new Mirrors();
    const head = { from: 0, checkpoint: logs.get(1)!.sign(origin, 0), proof: [], items: [item(1)] };
    for (const path of ["operator-one/site-two", "operator-two/site-one"]) {
      const [operator = "", name = ""] = path.split("/");
      const request = encodeMirrorRequest({ ...head, origin: testOrigin(networkId, "aa", operator, name) });

      await assert.rejects(handlers.get(3)!(request, 1), { code: "MIRROR_SITE" });
    }
    assert.deepEqual(logs.get(3)!.list(), []);
  });
});

describe("ringAfter", () => {
  it("goes round from the next member to the one before", () => {
    assert.deepEqual(ringAfter(3, 5), [4, 5, 1, 2]);
    assert.deepEqual(ringAfter(5, 4), [2, 3, 4, 1], "one that joined since has all of them");
    assert.deepEqual(
      [3, 4, 2].map((index) => ringDistance(3, index, 5)),
      [0, 1, 4],
    );
  });
});

async function recordRootsOf(logs: MemoryLogs): Promise<string[]> {
  return (await logs.entries(origin, 0, 10)).map((entry) => toHex(decodeEntry(entry).segment.recordRoot));
}
