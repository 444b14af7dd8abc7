import assert from "node:assert/strict";
import { RangeRecord } from "../src/rwset/rangeRecord.ts";
import { ReadWriteSet } from "../src/rwset/readWriteSet.ts";

const at = (block: number, transaction: number) => ({ block, transaction });

describe("ReadWriteSet", () => {
  it("encodes reads, writes and ranges of several namespaces as Fabric 3.1.5's rwsetutil", () => {
    const set = new ReadWriteSet();
    set.addRead("b", "k2", at(3, 1));
    set.addRead("b", "k1", undefined);
    set.addRead("b", "k0", at(0, 0));
    set.addWrite("b", "k2", Buffer.from("v"));
    set.addWrite("b", "k0", new Uint8Array());
    for (let i = 0; i < 2; i++) {
      const range = new RangeRecord("key_", "key_~");
      set.addRange("b", range);
      range.add({ key: "key_0000", version: at(0, 0), value: new Uint8Array() });
      range.add({ key: "key_0001", version: at(1, 1), value: new Uint8Array() });
      range.exhaust();
    }
    set.addRead("a", "x", at(9, 9));

    assert.equal(
      Buffer.from(set.encode()).toString("hex"),
      "12100a0161120b0a090a01781204080910091263" +
        "0a0162125e0a060a026b3012000a040a026b310a0a0a026b3212040803100112310a046b65795f12056b65795f7e180122200a0c0a08" +
        "6b65795f3030303012000a100a086b65795f303030311204080110011a060a026b3010011a070a026b321a0176",
    );
  });
});
