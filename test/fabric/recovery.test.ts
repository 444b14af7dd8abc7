import assert from "node:assert/strict";
import { cpSync, rmSync } from "node:fs";
import type { Coalition } from "@comity/cli";
import { canonicalString } from "@comity/protocol";
import { endRealNetwork, startRealNetwork } from "./realNetwork.ts";

describe("A real network that lost data", function () {
  this.timeout(180_000);
  let network: Coalition;
  before(async () => (network = await startRealNetwork()));
  after(() => endRealNetwork(network));

  const text = (memberId: string, operatorId: string, name = operatorId) =>
    canonicalString({ operatorId, memberId, name });
  const register = (memberId: string, operatorId: string) =>
    network
      .ledger(memberId, "officer")
      .submitIdempotent("facility:RegisterOperator", text(memberId, operatorId));
  /** It takes nothing else under an id that it has. */
  const has = (memberId: string, operatorId: string) =>
    assert.rejects(
      network
        .ledger(memberId, "officer")
        .evaluate("facility:RegisterOperator", text(memberId, operatorId, "Other")),
      { code: "OPERATOR_EXISTS" },
    );
  const hasNot = (memberId: string, operatorId: string) =>
    network.ledger(memberId, "officer").evaluate("facility:RegisterOperator", text(memberId, operatorId));

  it("has one member's peer begin anew from another's snapshot, with all that came before and after", async () => {
    await register("xd", "before-the-snapshot");

    await network.upkeep.rejoinBySnapshot("xd", network);

    await register("xd", "after-the-snapshot");
    await has("xd", "before-the-snapshot");
    await has("xd", "after-the-snapshot");
    const others = ["peer-xa", "peer-xb"];
    // One of the three that are left: without the rejoined peer's endorsement nothing could be written.
    await network.stop(others[0] ?? "");
    await register("xd", "with-the-rejoined-peer");
    await network.restart(others[0] ?? "");
  });

  it("orders again after more than f orderers lost all that they had, and has everything that was acknowledged", async () => {
    await register("xc", "before-the-loss");
    for (const name of ["orderer-xa", "orderer-xb"]) await network.kill(name);

    for (const memberId of ["xa", "xb"]) await network.upkeep.rejoinOrderer(memberId, network);

    await register("xc", "after-the-loss");
    await has("xc", "before-the-loss");
    await has("xc", "after-the-loss");
    // The two that began anew are needed now.
    await network.stop("orderer-xd");
    await register("xc", "with-those-that-began-anew");
    await network.restart("orderer-xd");
  });

  it("goes on from one backup of all members, and knows nothing of what came after it", async () => {
    const { root } = network.layout;
    await register("xa", "before-the-backup");
    await network.close();
    cpSync(root, `${root}-backup`, { recursive: true });
    network = await startRealNetwork(root);
    await register("xa", "after-the-backup");
    await network.close();

    rmSync(root, { recursive: true });
    cpSync(`${root}-backup`, root, { recursive: true });
    rmSync(`${root}-backup`, { recursive: true });
    network = await startRealNetwork(root);

    await has("xa", "before-the-backup");
    await hasNot("xa", "after-the-backup");
    await register("xa", "after-the-restore");
  });
});
