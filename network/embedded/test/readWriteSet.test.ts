import assert from "node:assert/strict";
import { RangeRecord } from "../src/rwset/rangeRecord.ts";
import { ReadWriteSet } from "../src/rwset/readWriteSet.ts";

const expectedResults =
  "12100a0161120b0a090a017812040809100912c5030a0162125e0a060a026b3012000a040a026b310a0a0a026b3212040803100112310a" +
  "046b65795f12056b65795f7e180122200a0c0a086b65795f3030303012000a100a086b65795f303030311204080110011a060a026b3010" +
  "011a070a026b321a01761aaa020a05636f6c6c3112fe010a220a203946ca64ff78d93ca61090a437cbb6b3d2ca0d488f5f9ccf30596083" +
  "68b2769312440a20169b5b823c62b64ca7e5f8456a13c8d5d06f4ece522a58bc2b8a784dcf3609b01a20d9298a10d1b0735837dc4bd85d" +
  "ac641b0f3cef27a47e5d53a54f2f3f5b2fcffa12260a20f64551fcd6f07823cb87971cfb91446425da18286b3ab1ef935e0cbd7a69f68a" +
  "1001200112440a203946ca64ff78d93ca61090a437cbb6b3d2ca0d488f5f9ccf3059608368b276931a202bb80d537b1da3e38bd30361aa" +
  "855686bde0eacd7162fef6a25fe97bf527a25b12240a2043bb00d0ce7790a53b91256b370c887b24791a5539a6fbfb70c5870e8c91ae5d" +
  "10011a20abd406b86aa785839aa5221cdef67c3076db701a740483d963382a2f698734ed1a330a05636f6c6c32122a0a280a20f64551fc" +
  "d6f07823cb87971cfb91446425da18286b3ab1ef935e0cbd7a69f68a120408041002";
const expectedPrivateResults =
  "12390a016212340a05636f6c6c31122b1a0b0a0270301a056f746865721a060a02703110011a0c0a0270321a067365637265741a060a02" +
  "70331001";

const at = (block: number, transaction: number) => ({ block, transaction });

describe("ReadWriteSet", () => {
  it("encodes reads, writes, ranges and collections of several namespaces byte for byte as Fabric 3.1.5's rwsetutil", () => {
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

    const [first, second] = [set.collection("b", "coll1"), set.collection("b", "coll2")];
    second.addRead("p1", at(4, 2));
    first.addRead("p2", undefined);
    first.addWrite("p2", Buffer.from("secret"));
    first.addWrite("p0", Buffer.from("other"));
    first.addWrite("p3", new Uint8Array());
    first.addPurge("p1");

    const { results, privateResults } = set.encode();

    assert.equal(Buffer.from(results).toString("hex"), expectedResults);
    assert.equal(Buffer.from(privateResults!).toString("hex"), expectedPrivateResults);
  });

  it("has no private values where collections were only read", () => {
    const set = new ReadWriteSet();
    set.collection("b", "coll1").addRead("p2", undefined);

    assert.equal(set.encode().privateResults, undefined);
  });
});
