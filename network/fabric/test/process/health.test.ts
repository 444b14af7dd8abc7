import assert from "node:assert/strict";
import { heightIn } from "../../src/process/health.ts";

describe("heightIn", () => {
  it("reads a peer's number of blocks and an orderer's newest block alike", () => {
    const peer = `# HELP ledger_blockchain_height x\nledger_blockchain_height{channel="comity"} 12\n`;
    const orderer = `consensus_BFT_committed_block_number{channel="comity"} 11\n`;

    assert.equal(heightIn(peer, "comity"), 12);
    assert.equal(heightIn(orderer, "comity"), 12);
  });

  it("knows nothing of another channel", () => {
    assert.equal(heightIn(`ledger_blockchain_height{channel="other"} 12\n`, "comity"), undefined);
  });
});
