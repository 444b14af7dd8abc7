import assert from "node:assert/strict";
import { generateKeyPair } from "@libp2p/crypto/keys";
import { TopicValidatorResult } from "@libp2p/gossipsub";
import { channelName } from "@comity/protocol";
import { type ComityLibp2p, createLibp2pNode } from "../../src/gossip/libp2pNode.ts";
import { MemberDirectory } from "../../src/gossip/memberDirectory.ts";
import { networkId } from "./testNetworks.ts";

const topics = [channelName(networkId, "partial"), channelName(networkId, "summary")];
/** Below the first gossipsub tells a peer of no message any more, below the second it hears nothing from it. */
const [NO_GOSSIP, GRAYLIST] = [-10, -80];

describe("the scores of peers", function () {
  this.timeout(60_000);
  let alice: ComityLibp2p;
  let mallory: ComityLibp2p;
  let judged: number;
  let heard: () => void;

  beforeEach(async () => {
    judged = 0;
    const register = new Map<number, string>();
    const members = () =>
      [...register].map(([index, peerId]) => ({ index, node: { peerId, addresses: [] } }));
    [alice, mallory] = await Promise.all([create(1), create(2)]);

    async function create(ownIndex: number): Promise<ComityLibp2p> {
      const privateKey = await generateKeyPair("Ed25519");
      const directory = new MemberDirectory({ ownIndex }, { members });
      const node = await createLibp2pNode(
        { host: "::1", port: 0, privateKey, topics, maxMessageBytes: 1024 },
        directory,
      );
      register.set(ownIndex, node.peerId.toString());
      return node;
    }
    for (const topic of topics) {
      alice.services.pubsub.topicValidators.set(topic, () => {
        judged++;
        // Its verdict counts after this turn.
        setImmediate(() => heard());
        return TopicValidatorResult.Reject;
      });
    }
    for (const node of [alice, mallory]) {
      await node.start();
      for (const topic of topics) node.services.pubsub.subscribe(topic);
    }
    const joined = new Promise<void>((resolve) => {
      mallory.services.pubsub.addEventListener("subscription-change", () => {
        if (topics.every((topic) => mallory.services.pubsub.getSubscribers(topic).length > 0)) resolve();
      });
    });
    await mallory.dial(alice.getMultiaddrs());
    await joined;
  });
  afterEach(async () => {
    await Promise.all([alice.stop(), mallory.stop()]);
  });

  async function forge(topic: string): Promise<void> {
    const judgement = new Promise<void>((resolve) => (heard = resolve));
    await mallory.services.pubsub.publish(topic, new TextEncoder().encode(`forged ${judged}`));
    await judgement;
  }

  /** The score that alice has of mallory, once it holds; gossipsub remembers an older one for a second. */
  async function scoreOnce(holds: (score: number) => boolean): Promise<number> {
    const scores = alice.services.pubsub as unknown as { getScore(peerId: string): number };
    for (;;) {
      const score = scores.getScore(mallory.peerId.toString());
      if (holds(score)) return score;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  it("forgive a mistake", async () => {
    await forge(topics[0]!);

    assert.ok((await scoreOnce((score) => score < 0)) > NO_GOSSIP);
  });

  it("graylist a forger with the fifth message", async () => {
    for (let i = 0; i < 5; i++) await forge(topics[0]!);

    await scoreOnce((score) => score < GRAYLIST);
    assert.equal(judged, 5);
  });

  it("graylist a forger who changes between topics, too", async () => {
    for (let i = 0; i < 6; i++) await forge(topics[i % 2]!);

    await scoreOnce((score) => score < GRAYLIST);
    assert.equal(judged, 6);
  });
});
