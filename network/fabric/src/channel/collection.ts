import type { Topology } from "../topology.ts";

export const collectionName = "members";

/**
 * The one private collection: what members know of each other and the rest of the channel does not. Every member keeps it for good; one that was
 * away fetches it from the others.
 */
export function collections({ members }: Topology) {
  return [
    {
      name: collectionName,
      policy: `OR(${members.map(({ mspId }) => `'${mspId}.member'`).join(", ")})`,
      requiredPeerCount: 0,
      maxPeerCount: members.length - 1,
      blockToLive: 0,
      memberOnlyRead: true,
      memberOnlyWrite: true,
    },
  ];
}
