import assert from "node:assert/strict";
import fc from "fast-check";
import { applyInOrder } from "../src/commit/mvcc.ts";
import { RangeRecord } from "../src/rwset/rangeRecord.ts";
import { ReadWriteSet } from "../src/rwset/readWriteSet.ts";
import { endorsed, MemoryState } from "./memoryState.ts";

const ns = "test";
const value = Buffer.from("v");

function stateOf(keys: readonly string[]): MemoryState {
  const state = new MemoryState();
  const version = { block: 1, transaction: 0 };
  state.apply(keys.map((key) => ({ namespace: ns, key, version, value })));
  return state;
}

/** Reads as a simulation does, and stops early after `limit` results. */
function reading(state: MemoryState, start: string, end: string, limit = Infinity): ReadWriteSet {
  const set = new ReadWriteSet();
  const record = new RangeRecord(start, end);
  set.addRange(ns, record);
  const found = state.entries(ns, start, end);
  for (const entry of found.slice(0, limit)) record.add(entry);
  if (limit > found.length) record.exhaust();
  return set;
}

function writing(writes: readonly (readonly [string, Uint8Array])[]): ReadWriteSet {
  const set = new ReadWriteSet();
  for (const [key, written] of writes) set.addWrite(ns, key, written);
  return set;
}

const nothing = new Uint8Array();

async function codesOf(state: MemoryState, ...sets: readonly ReadWriteSet[]): Promise<number[]> {
  const transactions = sets.map((set, i) => endorsed(String(i), set));
  return (await applyInOrder(3, transactions, state)).transactions.map(({ code }) => code);
}

describe("applyInOrder", () => {
  it("flags a range into which an earlier transaction of the block wrote", async () => {
    const state = stateOf(["a", "c"]);

    for (const writes of [[["b", value]], [["a", value]], [["a", nothing]]] as const) {
      assert.deepEqual(await codesOf(state, writing(writes), reading(state, "a", "d")), [0, 12]);
    }
  });

  it("keeps a range beside which others write", async () => {
    const state = stateOf(["a", "c"]);
    const beside = writing([
      ["Z", value],
      ["d", value],
    ]);

    assert.deepEqual(await codesOf(state, beside, reading(state, "a", "d")), [0, 0]);
  });

  it("keeps a range that was not read as far as the write, and flags its last key", async () => {
    const state = stateOf(["a", "b", "c"]);

    assert.deepEqual(await codesOf(state, writing([["c", value]]), reading(state, "a", "d", 2)), [0, 0]);
    assert.deepEqual(await codesOf(state, writing([["b", value]]), reading(state, "a", "d", 2)), [0, 12]);
    assert.deepEqual(await codesOf(state, writing([["b", nothing]]), reading(state, "a", "d", 2)), [0, 12]);
    assert.deepEqual(await codesOf(state, writing([["aa", value]]), reading(state, "a", "d", 2)), [0, 12]);
  });

  it("flags nothing that only an invalid transaction wrote", async () => {
    const state = stateOf(["a", "c"]);
    const stale = writing([["b", value]]);
    stale.addRead(ns, "a", { block: 0, transaction: 7 });

    assert.deepEqual(await codesOf(state, stale, reading(state, "a", "d")), [11, 0]);
  });

  it("puts the conflict of a plain read before a range's", async () => {
    const state = stateOf(["a"]);
    const both = reading(state, "a", "d");
    both.addRead(ns, "a", { block: 0, transaction: 7 });

    assert.deepEqual(await codesOf(state, writing([["b", value]]), both), [0, 11]);
  });

  it("flags a range exactly when reading it again finds other keys or versions", async () => {
    const key = fc.constantFrom("a", "b", "c", "d", "e", "f", "\u{ffff}", "\u{10000}");
    const write = fc.tuple(key, fc.constantFrom(value, nothing));
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(key),
        fc.array(write),
        fc.array(write),
        fc.tuple(key, fc.option(key, { nil: "" }), fc.integer({ min: 1, max: 10 })),
        async (keys, committed, pending, [start, end, limit]) => {
          const state = stateOf(keys);
          const read = reading(state, start, end, limit);
          const seen = state.entries(ns, start, end).slice(0, limit);
          const isExhausted = limit > state.entries(ns, start, end).length;
          await commit(state, 2, writing(committed));
          const after = stateAfter(state, pending);

          const [, code] = await codesOf(state, writing(pending), read);

          const again = after
            .entries(ns, start, end)
            .filter(({ key: k }) => isExhausted || Buffer.compare(Buffer.from(k), lastOf(seen)) <= 0);
          const identity = (entries: typeof again): string =>
            JSON.stringify(entries.map(({ key: k, version }) => [k, version]));
          assert.equal(code, identity(again) === identity(seen) ? 0 : 12);
        },
      ),
    );
  });

  it("flags a change anywhere in a range that is hashed", async () => {
    const keys = Array.from({ length: 180 }, (_, i) => `k${String(i).padStart(3, "0")}`);
    const state = stateOf(keys);
    const at = fc.constantFrom(...keys);
    await fc.assert(
      fc.asyncProperty(at, fc.constantFrom(value, nothing), async (key, written) => {
        const codes = await codesOf(state, writing([[key, written]]), reading(state, "k", "l"));

        assert.deepEqual(codes, [0, 12]);
      }),
      { numRuns: 20 },
    );
    assert.deepEqual(await codesOf(state, writing([["j", value]]), reading(state, "k", "l")), [0, 0]);
  });

  function lastOf(seen: readonly { key: string }[]): Buffer {
    return Buffer.from(seen.at(-1)?.key ?? "");
  }

  async function commit(state: MemoryState, block: number, set: ReadWriteSet): Promise<void> {
    state.apply((await applyInOrder(block, [endorsed("before", set)], state)).updates.writes());
  }

  /** Codes are asked of block 3, so a write of the pending transaction has another version than any before it. */
  function stateAfter(state: MemoryState, pending: readonly (readonly [string, Uint8Array])[]): MemoryState {
    const after = new MemoryState();
    after.apply(state.entries(ns, "", "").map((entry) => ({ namespace: ns, ...entry })));
    const version = { block: 3, transaction: 0 };
    after.apply(
      pending.map(([key, written]) => ({
        namespace: ns,
        key,
        version,
        value: written.length === 0 ? undefined : written,
      })),
    );
    return after;
  }
});
