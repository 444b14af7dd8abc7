import assert from "node:assert/strict";
import { common } from "@hyperledger/fabric-protos";
import { blockHash } from "../src/index.ts";
import { buildBlock, chainFault, isMarkedEmbedded, validationCodes } from "../src/store/block.ts";

describe("Blocks", () => {
  it("hash as Fabric's do", () => {
    // DER of SEQUENCE { INTEGER 300, OCTET STRING 01 02, OCTET STRING 03 } is 300b0202012c04020102040103.
    const header = new common.BlockHeader();
    header.setNumber(300);
    header.setPreviousHash(Buffer.from("0102", "hex"));
    header.setDataHash(Buffer.from("03", "hex"));

    assert.equal(
      blockHash(header).toString("hex"),
      "5e7237fe5b524867e5a150fe6d6302291adeb15f7e2ffc1678c7dc012a6a497a",
    );
  });

  it("carry flags, the last configuration's number and the mark", () => {
    const transactions = [Buffer.from("a"), Buffer.from("b")];
    const block = buildBlock({
      number: 0,
      previousHash: new Uint8Array(),
      transactions,
      codes: [0, 11],
      lastConfig: 0,
    });

    assert.deepEqual([...validationCodes(block)], [0, 11]);
    assert.equal(isMarkedEmbedded(block), true);
    assert.equal(chainFault([block]), undefined);
    assert.equal(block.getMetadata()?.getMetadataList().length, 5);
  });

  it("of others are not marked", () => {
    const block = new common.Block();
    block.setMetadata(new common.BlockMetadata());

    assert.equal(isMarkedEmbedded(block), false);
  });
});
