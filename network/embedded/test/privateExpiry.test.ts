import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { applyInOrder } from "../src/commit/mvcc.ts";
import { PrivateDataCommitter } from "../src/commit/privateDataCommitter.ts";
import { ChaincodeDefinitions } from "../src/definition/chaincodeDefinitions.ts";
import { keyHashOf, keyOfHash } from "../src/rwset/keyHash.ts";
import { ReadWriteSet } from "../src/rwset/readWriteSet.ts";
import { buildBlock } from "../src/store/block.ts";
import { hashedNamespace, privateNamespace } from "../src/store/layout.ts";
import { LedgerStore } from "../src/store/ledgerStore.ts";
import { sha256 } from "../src/wire/hash.ts";
import { endorsed } from "./memoryState.ts";

const id = { namespace: "test", name: "brief" };
const blockToLive = 2;
const keys = ["a", "b"] as const;

interface PrivateTransaction {
  readonly key: (typeof keys)[number];
  readonly kind: "put" | "delete" | "purge";
  /** Its values never came to this ledger. */
  readonly isLost: boolean;
}

describe("PrivateDataCommitter", function () {
  this.timeout(120_000);
  let folder: string;
  let store: LedgerStore;
  let runs = 0;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "comity-private-"));
  });
  after(() => rm(folder, { recursive: true }));
  beforeEach(() => open());
  afterEach(() => store.close());

  async function open(): Promise<void> {
    store = await LedgerStore.open(join(folder, String(runs++)));
  }

  async function commit(transactions: readonly PrivateTransaction[]): Promise<void> {
    const number = store.tip.height;
    const config = {
      name: id.name,
      members: ["A"],
      memberOnlyRead: false,
      memberOnlyWrite: false,
      blockToLive,
    };
    const definitions = new ChaincodeDefinitions([{ name: id.namespace, collections: [config] }]);
    const validated = [];
    for (const [index, transaction] of transactions.entries()) {
      const txId = `${number}.${index}`;
      const set = setOf(transaction, txId);
      validated.push(endorsed(txId, set));
      const { privateResults } = set.encode();
      if (!transaction.isLost) await store.transient.keep(txId, number, privateResults!);
    }
    const result = await applyInOrder(number, validated, store);
    const privateResult = await new PrivateDataCommitter({ store, definitions }).apply(
      number,
      validated,
      result,
    );
    const { hash: previousHash, lastConfig } = store.tip;
    const block = buildBlock({ number, previousHash, transactions: [], codes: [], lastConfig });
    const writes = result.updates.writes();
    await store.commit({ block, lastConfig, transactions: result.transactions, writes, ...privateResult });
  }

  function setOf({ key, kind }: PrivateTransaction, value: string): ReadWriteSet {
    const set = new ReadWriteSet();
    const collection = set.collection(id.namespace, id.name);
    if (kind === "purge") collection.addPurge(key);
    else collection.addWrite(key, Buffer.from(kind === "put" ? value : ""));
    return set;
  }

  const valueOf = (key: string) => store.getState(privateNamespace(id), key);
  const hashOf = (key: string) => store.getState(hashedNamespace(id), keyOfHash(keyHashOf(key)));

  const transaction = (isLost: fc.Arbitrary<boolean>): fc.Arbitrary<PrivateTransaction> =>
    fc.record({
      key: fc.constantFrom(...keys),
      kind: fc.constantFrom("put", "put", "delete", "purge"),
      isLost,
    });
  const blocks = (isLost: fc.Arbitrary<boolean>): fc.Arbitrary<PrivateTransaction[][]> =>
    fc.array(fc.array(transaction(isLost), { maxLength: 3 }), { maxLength: 8 });

  async function afterEachBlock(
    found: readonly PrivateTransaction[][],
    check: (number: number) => void,
  ): Promise<void> {
    await store.close();
    await open();
    for (const transactions of found) {
      await commit(transactions);
      check(store.tip.height - 1);
    }
  }

  it("has a value exactly where it has its hash, of the same version, when none is lost", async () => {
    await fc.assert(
      fc.asyncProperty(blocks(fc.constant(false)), async (found) =>
        afterEachBlock(found, () => {
          for (const key of keys) {
            const [value, hash] = [valueOf(key), hashOf(key)];
            assert.deepEqual(value?.version, hash?.version);
            assert.deepEqual(value && sha256(value.value), hash?.value);
          }
        }),
      ),
      { numRuns: 25 },
    );
  });

  /** The deletion's own part is lost, so that the value stays until its blocks are over. */
  const deletedInItsBlock: PrivateTransaction[][] = [
    [
      { key: "b", kind: "put", isLost: false },
      { key: "b", kind: "delete", isLost: true },
    ],
    ...Array.from({ length: 6 }, () => []),
  ];

  it("keeps no value and no hash longer than its blocks, whatever was lost", async () => {
    await fc.assert(
      fc.asyncProperty(blocks(fc.boolean()), async (found) =>
        afterEachBlock(found, (number) => {
          for (const key of keys) {
            for (const kept of [valueOf(key), hashOf(key)]) {
              if (kept !== undefined) assert.ok(number <= kept.version.block + blockToLive);
            }
          }
        }),
      ),
      { numRuns: 25, examples: [[deletedInItsBlock]] },
    );
  });

  it("leaves nothing of a purged key, even where the purge's own values were lost", async () => {
    await fc.assert(
      fc.asyncProperty(blocks(fc.boolean()), fc.boolean(), async (found, isLost) => {
        await afterEachBlock(found, () => undefined);

        await commit([{ key: "a", kind: "purge", isLost }]);

        assert.deepEqual([valueOf("a"), hashOf("a")], [undefined, undefined]);
      }),
      { numRuns: 25 },
    );
  });

  it("forgets the waiting values of a block's transactions, and others after a thousand blocks", async () => {
    await store.transient.keep("waiting", 0, Buffer.from("values"));
    await commit([{ key: "a", kind: "put", isLost: false }]);

    assert.deepEqual(await store.transient.find("0.0"), []);
    assert.deepEqual(await store.transient.forgetting([], 1000), []);
    assert.equal((await store.transient.forgetting([], 2000)).length, 1);
    assert.equal((await store.transient.find("waiting")).length, 1);
  });
});
