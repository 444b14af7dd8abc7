import { createTopicScoreParams } from "@libp2p/gossipsub/score";

type TopicScores = Record<string, ReturnType<typeof createTopicScoreParams>>;

/**
 * How gossipsub scores a peer that brings what a topic's rule rejects; nothing else counts. A coalition is quiet, so that deliveries say
 * little of a peer: one that is merely silent must not fall behind.
 */
export function topicScores(topics: readonly string[]): TopicScores {
  return Object.fromEntries(topics.map((topic) => [topic, createTopicScoreParams(invalidMessagesOnly)]));
}

const invalidMessagesOnly = {
  // A statement refused on one topic weighs as much as on another, and a forger is not forgiven for changing between them.
  topicWeight: 1,
  timeInMeshWeight: 0,
  firstMessageDeliveriesWeight: 0,
  meshMessageDeliveriesWeight: 0,
  meshFailurePenaltyWeight: 0,
  // The penalty is weight · count². Against gossipsub's thresholds: one is a mistake (-5: out of the mesh, still told of messages), the second
  // ends that (-20 < -10), the fourth ends publishing to it (-80 < -50), and with the fifth it is not listened to any more (-125 < -80).
  invalidMessageDeliveriesWeight: -5,
  // Each second; half of the count is gone after ten minutes: an officer has that long to notice, and whoever was repaired soon comes back.
  invalidMessageDeliveriesDecay: 0.5 ** (1 / 600),
};
