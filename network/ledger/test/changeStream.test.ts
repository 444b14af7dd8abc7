import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { encodeCanonical, type LedgerEvent, sha256, toHex } from "@comity/protocol";
import { type ChangedBlock, changeStream, readNamed } from "../src/changeStream.ts";
import type { LedgerBlock } from "../src/ledgerBlock.ts";

const hash = "ab".repeat(32);
const event = (subject: string): LedgerEvent => ({ type: "notice-filed", subject, rev: 1, hash });

function block(number: bigint, ...subjects: string[]): LedgerBlock {
  const transactions = subjects.map((subject) => {
    return { id: subject, validationCode: 0, timestampMs: 0, mspId: "M", events: [event(subject)] };
  });
  return { number, hash, previousHash: hash, transactions };
}

interface Told {
  readonly changes: (readonly [height: bigint, changes: readonly string[]])[];
  readonly retried: string[];
  readonly slept: number[];
}

/** Reads a chain to its end; `read` may fail as often as it likes. */
async function follow(chain: readonly LedgerBlock[], read: (subject: string) => string): Promise<Told> {
  const told: Told = { changes: [], retried: [], slept: [] };
  const stream: AsyncIterable<ChangedBlock<string>> = changeStream<string>(
    { from: 0n, signal: new AbortController().signal },
    {
      ledger: { blocks: () => Readable.from(chain) as AsyncIterable<LedgerBlock> },
      changesOf: (named, height) => Promise.resolve([`${height}:${read(named.subject)}`]),
      isFinal: (error) => error instanceof RangeError,
      sleep: (ms) => Promise.resolve(void told.slept.push(ms)),
      random: () => 1,
      onRetry: (named) => void told.retried.push(named.subject),
    },
  );
  for await (const { block: seen, changes } of stream) told.changes.push([seen.number, changes]);
  return told;
}

describe("the stream of changes", () => {
  it("gives each block with everything that its events changed, in order", async () => {
    const { changes } = await follow([block(0n, "a", "b"), block(1n), block(2n, "c")], (subject) => subject);

    assert.deepEqual(changes, [
      [0n, ["0:a", "0:b"]],
      [1n, []],
      [2n, ["2:c"]],
    ]);
  });

  it("asks again for what cannot be read yet, with growing pauses, and leaves nothing out", async () => {
    let attempts = 0;
    const { changes, retried, slept } = await follow([block(0n, "a"), block(1n, "b")], (subject) => {
      if (subject === "a" && ++attempts < 4) throw new Error("the peer lags");
      return subject;
    });

    assert.deepEqual(
      changes.map(([, each]) => each),
      [["0:a"], ["1:b"]],
    );
    assert.deepEqual(
      [retried, slept],
      [
        ["a", "a", "a"],
        [100, 200, 400],
      ],
    );
  });

  it("ends with a failure that asking again cannot mend", async () => {
    const broken = follow([block(0n, "a")], () => {
      throw new RangeError("another network");
    });

    await assert.rejects(broken, RangeError);
  });
});

describe("a document that an event names", () => {
  const document = encodeCanonical({ rev: 3 });
  const ledger = {
    evaluate: (...asked: string[]) =>
      Promise.resolve(asked[2] === "3" ? document : encodeCanonical({ rev: 2 })),
  };

  it("is read by id and revision", async () => {
    const named = { subject: "x", rev: 3, hash: toHex(sha256(document)) };

    assert.deepEqual(await readNamed(ledger, named, "bond:ReadRevision"), document);
  });

  it("is refused where its hash is another", async () => {
    const named = { subject: "x", rev: 2, hash: toHex(sha256(document)) };

    await assert.rejects(readNamed(ledger, named, "bond:ReadRevision"), { code: "LEDGER_DOCUMENT_DIFFERS" });
  });
});
