import assert from "node:assert/strict";
import { join } from "node:path";
import {
  fromHex,
  parseMemberId,
  parseNetworkId,
  peerClaimBytes,
  peerKeyOf,
  verifyEd25519,
} from "@comity/protocol";
import { peerIdFromPrivateKey } from "@libp2p/peer-id";
import { loadPeerKey, signPeerClaim } from "../../src/gossip/index.ts";
import { temporaryFolders } from "../log/fixture.ts";

describe("A peer's key", () => {
  const folders = temporaryFolders();
  after(() => folders.removeAll());

  it("signs whose peer it is, so that anybody who has the peer id can verify it", async () => {
    const key = await loadPeerKey(join(await folders.make(), "peer.key"));
    const networkId = parseNetworkId("ab".repeat(32));
    const memberId = parseMemberId("xa");

    const signature = await signPeerClaim(key, networkId, memberId);

    const peerId = peerIdFromPrivateKey(key).toString();
    const claim = peerClaimBytes(networkId, memberId, peerId);
    assert.equal(verifyEd25519(peerKeyOf(peerId)!, claim, fromHex(signature)), true);
  });
});
