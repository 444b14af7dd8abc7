import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateKeyPair } from "@libp2p/crypto/keys";
import { multiaddr } from "@multiformats/multiaddr";
import { channelName, topics } from "@comity/protocol";
import { createLibp2pNode } from "../../src/gossip/libp2pNode.ts";
import { exchange } from "../../src/gossip/directStream.ts";
import { MemberDirectory } from "../../src/gossip/memberDirectory.ts";
import { StreamError, type Verdict } from "../../src/gossip/network.ts";
import { loadPeerKey } from "../../src/gossip/peerKey.ts";
import { connected, networkId, TestNetworks } from "./testNetworks.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);

describe("GossipNetwork", function () {
  this.timeout(120_000);
  let networks: TestNetworks;
  beforeEach(() => (networks = new TestNetworks()));
  afterEach(() => networks.stopAll());

  it("carries a request and its answer between members and says who asks", async () => {
    const [alice, bob] = [await networks.create(1), await networks.create(2)];
    bob.serve("echo", (request, from) => Promise.resolve(bytes(`${text(request)} from ${from}`)));
    await networks.start(1, alice);
    await networks.start(2, bob);
    await connected(alice, 2);

    const answer = await alice.request(2, "echo", bytes("hello"), AbortSignal.timeout(10_000));

    assert.equal(text(answer), "hello from 1");
  });

  it("carries a frame of a mebibyte each way", async () => {
    const [alice, bob] = [await networks.create(1), await networks.create(2)];
    bob.serve("echo", (request) => Promise.resolve(request));
    await networks.start(1, alice);
    await networks.start(2, bob);
    await connected(alice, 2);
    const large = new Uint8Array(1024 * 1024).map((_, i) => i % 251);

    const answer = await alice.request(2, "echo", large, AbortSignal.timeout(10_000));

    assert.deepEqual(Buffer.from(answer), Buffer.from(large));
  });

  it("gives a refusal its code and a frame that is too long no answer", async () => {
    const [alice, bob] = [await networks.create(1), await networks.create(2)];
    bob.serve("no", () => Promise.reject(new StreamError("STREAM_MALFORMED", "I do not understand")));
    await networks.start(1, alice);
    await networks.start(2, bob);
    await connected(alice, 2);
    const signal = AbortSignal.timeout(10_000);

    await assert.rejects(alice.request(2, "no", bytes("?"), signal), { code: "STREAM_REFUSED" });
    await assert.rejects(alice.request(2, "no", new Uint8Array(3 * 1024 * 1024), signal), {
      code: "STREAM_OVERSIZED",
    });
    await assert.rejects(alice.request(2, "nothing-there", bytes("?"), signal), {
      code: "STREAM_UNREACHABLE",
    });
    await assert.rejects(alice.request(4, "no", bytes("?"), signal), { code: "STREAM_UNREACHABLE" });
  });

  it("gives up on a member that does not answer when the signal says so", async () => {
    const [alice, bob] = [await networks.create(1), await networks.create(2)];
    const asked = Promise.withResolvers<undefined>();
    bob.serve("silent", () => {
      asked.resolve(undefined);
      return new Promise(() => undefined);
    });
    await networks.start(1, alice);
    await networks.start(2, bob);
    await connected(alice, 2);
    const giveUp = new AbortController();

    const request = alice.request(2, "silent", bytes("?"), giveUp.signal);
    await asked.promise;
    giveUp.abort();

    await assert.rejects(request, { code: "STREAM_TIMEOUT" });
  });

  it("delivers what a member publishes to all others, with its index", async () => {
    const [alice, bob, carol] = [
      await networks.create(1),
      await networks.create(2),
      await networks.create(3),
    ];
    const heard = [bob, carol].map((network) => {
      const { promise, resolve } = Promise.withResolvers<string>();
      network.onMessage("refusal", (message, from) => {
        resolve(`${text(message)} from ${from}`);
        return Promise.resolve("accept");
      });
      return promise;
    });
    for (const [i, network] of [alice, bob, carol].entries()) await networks.start(i + 1, network);
    await Promise.all([connected(alice, 2, 3), connected(bob, 1, 3), connected(carol, 1, 2)]);

    const publishing = setInterval(() => void alice.publish("refusal", bytes("no")), 100);
    const all = await Promise.all(heard);
    clearInterval(publishing);

    assert.deepEqual(all, ["no from 1", "no from 1"]);
  });

  it("rejects a message longer than its topic allows before anybody looks at it", async () => {
    const [alice, bob] = [await networks.create(1), await networks.create(2)];
    const seen: number[] = [];
    bob.onMessage("refusal", (message): Promise<Verdict> => {
      seen.push(message.length);
      return Promise.resolve("accept");
    });
    await networks.start(1, alice);
    await networks.start(2, bob);
    await connected(alice, 2);

    const rejected = (): boolean => bob.verdicts().some(({ reject }) => reject > 0);
    while (!rejected()) {
      await alice.publish("refusal", new Uint8Array(topics.refusal.maxBytes + 1));
      await new Promise((resolve) => setImmediate(resolve));
    }

    assert.deepEqual(seen, []);
  });

  it("denies a node that the register does not name", async () => {
    const alice = await networks.create(1);
    const served: number[] = [];
    alice.serve("echo", (request, from) => {
      served.push(from);
      return Promise.resolve(request);
    });
    await networks.start(1, alice);
    const mallory = await createLibp2pNode(
      {
        host: "127.0.0.1",
        port: 0,
        privateKey: await generateKeyPair("Ed25519"),
        topics: [],
        maxMessageBytes: 1024,
      },
      new MemberDirectory({ ownIndex: 2 }, { members: () => [...networks.register.values()] }),
    );
    await mallory.start();

    const addresses = alice.addresses.map((text) => multiaddr(text));

    // The dialler may think for a moment that it got through: the other side learns its name last.
    await new Promise<void>((resolve) => {
      mallory.addEventListener("connection:close", () => resolve(), { once: true });
      mallory.dial(addresses).catch(() => resolve());
    });
    await assert.rejects(async () => {
      const stream = await mallory.dialProtocol(addresses, channelName(networkId, "echo"));
      await exchange(stream, bytes("?"), AbortSignal.timeout(60_000));
    });

    assert.deepEqual(served, []);
    await mallory.stop();
  });

  it("hangs up on a member that has left the register", async () => {
    const alice = await networks.create(1);
    await networks.start(1, alice);
    const bob = await createLibp2pNode(
      {
        ...{ host: "127.0.0.1", port: 0, topics: [], maxMessageBytes: 1024 },
        privateKey: await generateKeyPair("Ed25519"),
      },
      new MemberDirectory({ ownIndex: 2 }, { members: () => [...networks.register.values()] }),
    );
    await bob.start();
    networks.register.set(2, {
      index: 2,
      node: { peerId: bob.peerId.toString(), addresses: bob.getMultiaddrs().map(String) },
    });
    await connected(alice, 2);
    const closed = new Promise<void>((resolve) => {
      bob.addEventListener("connection:close", () => resolve(), { once: true });
    });

    networks.register.delete(2);

    await closed;
    assert.deepEqual(alice.peers(), []);
    await bob.stop();
  });

  it("comes back to a member that was away", async () => {
    const [alice, bob] = [await networks.create(1), await networks.create(2)];
    await networks.start(1, alice);
    await networks.start(2, bob);
    await connected(alice, 2);
    await networks.stop(2);

    const again = await networks.create(2);
    again.serve("echo", (request) => Promise.resolve(request));
    await networks.start(2, again);
    await connected(again, 1);

    assert.equal(
      text(
        await again.request(1, "echo", bytes("?"), AbortSignal.timeout(5_000)).catch(() => bytes("reached")),
      ),
      "reached",
    );
    await connected(alice, 2);
  });
});

describe("loadPeerKey", () => {
  let dir: string;
  beforeEach(async () => (dir = await mkdtemp(join(tmpdir(), "comity-key-"))));
  afterEach(() => rm(dir, { recursive: true }));

  it("makes a key of mode 0600 once and then keeps it", async () => {
    const file = join(dir, "peer.key");

    const [first, second] = [await loadPeerKey(file), await loadPeerKey(file)];

    assert.ok(first.equals(second));
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  it("makes a key where a crash left an empty file", async () => {
    const file = join(dir, "peer.key");
    await writeFile(file, "", { mode: 0o600 });

    const [first, second] = [await loadPeerKey(file), await loadPeerKey(file)];

    assert.ok(first.equals(second));
  });

  it("refuses a key that others may read", async () => {
    const file = join(dir, "peer.key");
    await loadPeerKey(file);
    await chmod(file, 0o644);

    await assert.rejects(loadPeerKey(file), { code: "SECRET_FILE_MODE" });
  });

  it("refuses with PEER_KEY_INVALID a file that holds no key", async () => {
    const file = join(dir, "peer.key");
    await writeFile(file, "no key", { mode: 0o600 });

    await assert.rejects(loadPeerKey(file), { code: "PEER_KEY_INVALID" });
  });
});
