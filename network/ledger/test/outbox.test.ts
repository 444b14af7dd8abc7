import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openOutbox, type KeptTransaction, type Outbox } from "../src/index.ts";
import { Courier } from "../src/courier.ts";
import { LedgerError } from "../src/ledgerError.ts";

const transaction: KeptTransaction = { id: "ab".repeat(32), bytes: Uint8Array.of(1, 2, 3) };
const unknown = new LedgerError("LEDGER_UNKNOWN", "nobody knows");

describe("The outbox", () => {
  let directory: string;
  let outbox: Outbox;

  beforeEach(async () => {
    directory = join(mkdtempSync(join(tmpdir(), "comity-outbox-")), "outbox");
    outbox = await openOutbox(directory);
  });
  afterEach(async () => {
    await outbox.close();
    rmSync(join(directory, ".."), { recursive: true });
  });

  const courier = (commit: (sent: KeptTransaction) => Promise<bigint>, kept: Outbox = outbox) =>
    new Courier(kept, commit, undefined);

  it("has a transaction before it is sent, and no more once it is committed", async () => {
    let before: KeptTransaction[] = [];
    const commit = async (): Promise<bigint> => {
      before = await outbox.all();
      return 7n;
    };

    assert.equal(await courier(commit).deliver(transaction), 7n);

    assert.deepEqual(
      before.map(({ id }) => id),
      [transaction.id],
    );
    assert.deepEqual(await outbox.all(), []);
  });

  it("keeps one whose fate is unknown over a restart, and sends the same bytes until it is known", async () => {
    await assert.rejects(courier(() => Promise.reject(unknown)).deliver(transaction), {
      code: "LEDGER_UNKNOWN",
    });
    await outbox.close();
    outbox = await openOutbox(directory);
    const sent: Uint8Array[] = [];
    const commit = ({ bytes }: KeptTransaction): Promise<bigint> => {
      sent.push(Uint8Array.from(bytes));
      return sent.length === 1 ? Promise.reject(unknown) : Promise.resolve(9n);
    };

    const [first] = await courier(commit).settle();
    const [second] = await courier(commit).settle();

    assert.equal(first?.error?.code, "LEDGER_UNKNOWN");
    assert.deepEqual(second, { transactionId: transaction.id, error: undefined });
    assert.deepEqual(sent, [transaction.bytes, transaction.bytes]);
    assert.deepEqual(await outbox.all(), []);
  });

  for (const code of ["LEDGER_CONFLICT", "LEDGER_REFUSED"]) {
    it(`lets go of one that is dead (${code}), so that it may be proposed anew`, async () => {
      const dead = courier(() => Promise.reject(new LedgerError(code, "dead")));

      await assert.rejects(dead.deliver(transaction), { code });

      assert.deepEqual(await outbox.all(), []);
    });
  }

  it("does not send twice what is under way", async () => {
    const gate = Promise.withResolvers<bigint>();
    const busy = courier(() => gate.promise);
    const delivered = busy.deliver(transaction);

    assert.deepEqual(await busy.settle(), []);

    gate.resolve(3n);
    assert.equal(await delivered, 3n);
  });

  it("has nothing sent that it cannot keep", async () => {
    let isSent = false;
    const full: Outbox = { ...outbox, keep: () => Promise.reject(new Error("disk full")) };
    const commit = (): Promise<bigint> => {
      isSent = true;
      return Promise.resolve(1n);
    };

    await assert.rejects(courier(commit, full).deliver(transaction), { code: "LEDGER_OUTBOX" });

    assert.equal(isSent, false);
  });

  it("sends nothing later that its caller was told was not sent", async () => {
    const late: Outbox = {
      ...outbox,
      keep: async (kept) => {
        await outbox.keep(kept);
        throw new Error("the disk says no after it has written");
      },
    };
    await assert.rejects(courier(() => Promise.resolve(1n), late).deliver(transaction), {
      code: "LEDGER_OUTBOX",
    });

    assert.deepEqual(await courier(() => Promise.resolve(1n)).settle(), []);
  });

  it("changes no outcome when it cannot forget", async () => {
    const stuck: Outbox = { ...outbox, forget: () => Promise.reject(new Error("disk full")) };

    assert.equal(await courier(() => Promise.resolve(5n), stuck).deliver(transaction), 5n);
  });

  it("is one process's", async () => {
    await assert.rejects(openOutbox(directory), { code: "LEDGER_OUTBOX" });
  });
});
