import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { blockHash } from "@comity/embedded";
import type { Fixture } from "../../embedded/dist/test/fixture.js";
import type { common } from "@hyperledger/fabric-protos";
import {
  connectLedger,
  type KeptTransaction,
  type LedgerBlock,
  type LedgerClient,
  openOutbox,
  type Outbox,
} from "../src/index.ts";

/** The embedded ledger's own fixture: the ledger, and four chaincode processes of unmodified fabric-shim. That package exports it to nobody. */
interface FixtureModule {
  readonly Fixture: { create(): Promise<Fixture> };
}
const fixtureUrl = new URL("../../../embedded/dist/test/fixture.js", import.meta.url);

describe("the ledger client on the embedded ledger", function () {
  this.timeout(60_000);
  let fixture: Fixture;
  let client: LedgerClient;

  before(async () => {
    const { Fixture } = (await import(fixtureUrl.href)) as FixtureModule;
    fixture = await Fixture.create();
    await fixture.startLedger();
    // Nobody listens at the first endpoint.
    client = await connect("127.0.0.1:1", addressOf(1), addressOf(2));
  });

  after(async () => {
    client.close();
    await fixture.destroy();
  });

  function addressOf(member: number): string {
    return `127.0.0.1:${fixture.ports.get(fixture.member(member).mspId) ?? 0}`;
  }

  function connect(...addresses: string[]): Promise<LedgerClient> {
    return connectWith(undefined, ...addresses);
  }

  async function connectWith(outbox: Outbox | undefined, ...addresses: string[]): Promise<LedgerClient> {
    const { channel, chaincodeName } = fixture.config;
    const endpoints = addresses.map((address) => {
      const member = address === addressOf(2) ? 2 : 1;
      return { address, tlsRootPem: fixture.member(member).tlsAuthority.rootCertificatePem };
    });
    const options = { channel, chaincode: chaincodeName, endpoints, identity: await fixture.client(1) };
    return connectLedger(options, outbox === undefined ? {} : { outbox });
  }

  async function blocksUpTo(number: bigint): Promise<LedgerBlock[]> {
    const stop = new AbortController();
    const blocks: LedgerBlock[] = [];
    for await (const block of client.blocks({ from: 0n, signal: stop.signal })) {
      blocks.push(block);
      if (block.number >= number) stop.abort();
    }
    return blocks;
  }

  it("submits through the next gateway when one is not there, and reads back", async () => {
    const { result } = await client.submit("put", "a", "1");

    assert.equal(Buffer.from(result).toString(), "1");
    assert.equal(Buffer.from(await client.evaluate("get", "a")).toString(), "1");
  });

  it("sends once, with the next start, what a killed process had signed and not sent", async () => {
    const directory = mkdtempSync(join(tmpdir(), "comity-outbox-"));
    const outbox = await openOutbox(directory);
    const kept: KeptTransaction[] = [];
    const isKilled = Promise.withResolvers<never>();
    const untilKilled: Outbox = {
      ...outbox,
      keep: async (transaction) => {
        await outbox.keep(transaction);
        kept.push(transaction);
        isKilled.reject(new Error("killed"));
        return new Promise(() => undefined);
      },
    };
    const killed = await connectWith(untilKilled, addressOf(1));
    await assert.rejects(Promise.race([killed.submit("add", "once", "5"), isKilled.promise]), /killed/);
    killed.close();

    const next = await connectWith(outbox, addressOf(2));
    assert.deepEqual(await next.settle(), [{ transactionId: kept[0]?.id, error: undefined }]);
    // As if its fate had not been noted: the same bytes once more.
    for (const transaction of kept) await outbox.keep(transaction);
    assert.deepEqual(await next.settle(), [{ transactionId: kept[0]?.id, error: undefined }]);

    assert.equal(Buffer.from(await client.evaluate("get", "once")).toString(), "5");
    assert.deepEqual(await outbox.all(), []);
    next.close();
    await outbox.close();
    rmSync(directory, { recursive: true });
  });

  it("says which of two transactions that met was too late, and runs both to the end when they may be repeated", async () => {
    const met = await Promise.allSettled([1, 2, 3, 4].map(() => client.submit("add", "met", "1")));
    const codes = met.flatMap((each) =>
      each.status === "rejected" ? [(each.reason as { code: string }).code] : [],
    );
    assert.ok(codes.every((code) => code === "LEDGER_CONFLICT"));
    assert.equal(Buffer.from(await client.evaluate("get", "met")).toString(), String(4 - codes.length));

    await Promise.all([1, 2, 3].map(() => client.submitIdempotent("add", "sum", "1")));
    assert.equal(Buffer.from(await client.evaluate("get", "sum")).toString(), "3");
  });

  it("calls the ledger unavailable, not the transaction refused, while too few chaincode processes run", async () => {
    const stopped = [3, 4].map((number) => fixture.member(number));
    for (const member of stopped) await fixture.killChaincode(member);

    await assert.rejects(client.submit("put", "c", "3"), { code: "LEDGER_UNAVAILABLE" });

    for (const member of stopped) await fixture.startChaincode(member);
    await client.submit("put", "c", "3");
  });

  it("reads every block from the first, and hashes each as the ledger does", async () => {
    const { blockNumber, transactionId } = await client.submit("put", "b", "2");

    const blocks = await blocksUpTo(blockNumber);

    assert.deepEqual(
      blocks.map(({ number }) => number),
      blocks.map((_, position) => BigInt(position)),
    );
    assert.deepEqual(
      blocks.slice(1).map(({ previousHash }) => previousHash),
      blocks.slice(0, -1).map(({ hash }) => hash),
    );
    assert.equal(blocks.at(-1)?.transactions.at(-1)?.id, transactionId);
    assert.equal(blocks[0]?.hash, await hashByTheLedger(0));
  });

  /** What the embedded ledger's own code says of a block that a plain client reads. */
  async function hashByTheLedger(number: number): Promise<string> {
    const network = fixture.connect(1, await fixture.client(1)).getNetwork(fixture.config.channel);
    const events = await network.getBlockEvents({ startBlock: BigInt(number) });
    const block: common.Block | undefined = await first(events);
    events.close();
    const header = block?.getHeader();
    return header ? blockHash(header).toString("hex") : "";
  }
});

async function first<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item;
  return undefined;
}
