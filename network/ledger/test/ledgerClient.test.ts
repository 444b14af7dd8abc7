import assert from "node:assert/strict";
import { status } from "@grpc/grpc-js";
import { connectLedger, type LedgerClient, type LedgerDeps } from "../src/index.ts";
import { retryConflicts } from "../src/ledgerClient.ts";
import { LedgerError } from "../src/ledgerError.ts";
import { fakeChain } from "./fakeBlocks.ts";
import {
  createFakeWorld,
  rpcError,
  startFakeGateway,
  type FakeBehaviour,
  type FakeGateway,
  type FakeWorld,
} from "./fakeGateway.ts";

describe("the ledger client", () => {
  let world: FakeWorld;
  const opened: { gateways: FakeGateway[]; clients: LedgerClient[] } = { gateways: [], clients: [] };

  before(async () => {
    world = await createFakeWorld();
  });

  afterEach(() => {
    for (const client of opened.clients.splice(0)) client.close();
    for (const gateway of opened.gateways.splice(0)) gateway.stop();
  });

  async function start(...behaviours: FakeBehaviour[]): Promise<FakeGateway[]> {
    const gateways = await Promise.all(behaviours.map((behaviour) => startFakeGateway(world, behaviour)));
    opened.gateways.push(...gateways);
    return gateways;
  }

  function connect(
    gateways: readonly { address: string }[],
    deps: LedgerDeps = {},
    endorsers?: readonly string[],
  ): LedgerClient {
    const endpoints = gateways.map(({ address }) => ({ address, tlsRootPem: world.tlsRootPem }));
    const client = connectLedger(
      { channel: "c", chaincode: "comity", endpoints, identity: world.identity, endorsers },
      { sleep: () => Promise.resolve(), ...deps },
    );
    opened.clients.push(client);
    return client;
  }

  const down = () => {
    throw rpcError(status.UNAVAILABLE, "insufficient number of orderers");
  };

  it("resolves with the result and the block of a committed transaction", async () => {
    const client = connect(await start({ status: () => ({ code: 0, block: 7 }) }));

    const committed = await client.submit("notice:File", "{}");

    assert.equal(committed.blockNumber, 7n);
    assert.equal(Buffer.from(committed.result).toString(), "done");
    assert.match(committed.transactionId, /^[0-9a-f]{64}$/);
  });

  it("does not send a transaction again that committed although its submit failed", async () => {
    const gateways = await start({ submit: down, status: () => ({ code: 0, block: 3 }) });

    const { blockNumber } = await connect(gateways).submit("notice:File", "{}");

    assert.equal(blockNumber, 3n);
    assert.equal(gateways[0]?.submitted.length, 1);
  });

  it("sends the same signed bytes through the next gateway while nobody knows their fate", async () => {
    let isOrdered = false;
    const unknown = () => {
      if (!isOrdered) throw rpcError(status.DEADLINE_EXCEEDED, "context finished before block retrieved");
      return { code: 0, block: 4 };
    };
    const gateways = await start(
      { submit: down, status: unknown },
      { submit: () => (isOrdered = true), status: unknown },
    );

    await connect(gateways).submit("notice:File", "{}");

    const sent = gateways
      .flatMap(({ submitted }) => submitted)
      .map((bytes) => Buffer.from(bytes).toString("hex"));
    assert.ok(sent.length >= 2);
    assert.equal(new Set(sent).size, 1);
  });

  it("calls a fate unknown that nobody can tell, and not refused", async () => {
    const gateways = await start({ submit: down, status: down }, { submit: down, status: down });

    await assert.rejects(connect(gateways).submit("notice:File", "{}"), { code: "LEDGER_UNKNOWN" });
  });

  it("calls it unknown too when the client is closed after it was sent", async () => {
    const gateways = await start({
      submit: () => {
        client.close();
        return down();
      },
    });
    const client = connect(gateways);

    await assert.rejects(client.submit("notice:File", "{}"), { code: "LEDGER_UNKNOWN" });
  });

  it("asks again where only its own repeat was seen", async () => {
    const codes = [9, 0];
    const client = connect(await start({ status: () => ({ code: codes.shift() ?? 0, block: 5 }) }));

    assert.equal((await client.submit("notice:File", "{}")).blockNumber, 5n);
  });

  const verdicts: [number, string][] = [
    [11, "LEDGER_CONFLICT"],
    [12, "LEDGER_CONFLICT"],
    [10, "LEDGER_REFUSED"],
  ];
  for (const [code, expected] of verdicts) {
    it(`says ${expected} for Fabric's validation code ${code}`, async () => {
      const client = connect(await start({ status: () => ({ code, block: 2 }) }));

      await assert.rejects(client.submit("notice:File", "{}"), { code: expected });
    });
  }

  it("proposes anew, to whom the gateway chooses, where its own choice is no quorum any more", async () => {
    const asked: number[] = [];
    const [only] = await start({
      endorse: (organisations) => void asked.push(organisations.length),
      status: () => ({ code: asked.length < 2 ? 10 : 0, block: 2 }),
    });
    const client = connect([only!], {}, ["AMSP", "BMSP", "CMSP", "DMSP"]);

    await client.submitIdempotent("notice:File", "{}");
    client.endorseBy(["AMSP", "BMSP", "CMSP", "DMSP", "EMSP"]);
    await client.submit("notice:File", "{}");

    assert.deepEqual(asked, [3, 0, 4]);
  });

  it("asks a quorum by name, leaves out whose chaincode hangs, and stays with its gateway", async () => {
    const asked: string[][] = [];
    const hangs = (organisations: readonly string[]) => {
      asked.push([...organisations]);
      if (!organisations.includes("CMSP")) return;
      const message = "rpc error: code = DeadlineExceeded desc = context deadline exceeded";
      throw rpcError(status.ABORTED, "failed to collect enough endorsements", { mspId: "CMSP", message });
    };
    const [first, second] = await start({ endorse: hangs }, {});
    const client = connect([first!, second!], {}, ["AMSP", "BMSP", "CMSP", "DMSP"]);

    for (const id of ["1", "2", "3", "4"]) await client.submit("notice:File", id);

    assert.equal(asked.filter((each) => each.includes("CMSP")).length, 1);
    for (const each of asked) assert.equal(each.length, 3);
    assert.equal(second!.submitted.length, 0);
  });

  it("takes no refusal of those whom it named for the last word, since one may lag: the gateway finds another", async () => {
    const asked: number[] = [];
    const lags = (organisations: readonly string[]) => {
      asked.push(organisations.length);
      const text = "chaincode response 500, VENUE_UNKNOWN: there is no case";
      if (organisations.length > 0) throw rpcError(status.ABORTED, "failed to collect enough", text);
    };
    const [only] = await start({ endorse: lags });

    await connect([only!], {}, ["AMSP", "BMSP", "CMSP", "DMSP"]).submit("notice:File", "{}");

    assert.deepEqual(asked, [3, 0]);
  });

  it("leaves the choice to the gateway once it knows too few members that work", async () => {
    const asked: string[][] = [];
    const onlyByItself = (organisations: readonly string[]) => {
      asked.push([...organisations]);
      if (organisations.length === 0) return;
      const message = "rpc error: code = Unavailable desc = connection refused";
      throw rpcError(status.ABORTED, "failed to collect enough", {
        mspId: organisations.at(-1) ?? "",
        message,
      });
    };
    const [only] = await start({ endorse: onlyByItself });

    await connect([only!], {}, ["AMSP", "BMSP", "CMSP", "DMSP"]).submit("notice:File", "{}");

    assert.deepEqual(asked.at(-1), []);
  });

  it("passes the chaincode's code on and does not ask another gateway", async () => {
    const refuse = () => {
      throw rpcError(
        status.ABORTED,
        "failed to endorse transaction",
        "chaincode response 500, NOTICE_EXISTS: there is one",
      );
    };
    const [first, second] = await start({ endorse: refuse }, {});

    await assert.rejects(connect([first!, second!]).submit("notice:File", "{}"), {
      code: "NOTICE_EXISTS",
      message: "there is one",
    });
    assert.equal(second!.submitted.length, 0);
  });

  it("asks the next gateway when one is down, and stays there", async () => {
    let asked = 0;
    const [first, second] = await start(
      {
        evaluate: () => {
          asked += 1;
          return down();
        },
      },
      { evaluate: () => Buffer.from("here") },
    );
    const client = connect([first!, second!]);

    for (const id of ["1", "2"]) {
      assert.equal(Buffer.from(await client.evaluate("notice:Read", id)).toString(), "here");
    }
    assert.equal(asked, 1);
  });

  it("says that the ledger is unavailable when no gateway answers", async () => {
    const [gone] = await start({});
    gone!.stop();

    await assert.rejects(connect([gone!]).evaluate("notice:Read", "x"), { code: "LEDGER_UNAVAILABLE" });
  });

  it("reads blocks across broken streams without a gap or a repeat", async () => {
    const chain = fakeChain([{ id: "a" }], [{ id: "b" }], [{ id: "c" }], [{ id: "d" }]);
    const two = (from: number) => chain.slice(from, from + 2);
    const gateways = await start({ blocks: two }, { blocks: two });
    const stop = new AbortController();

    const numbers: bigint[] = [];
    for await (const block of connect(gateways).blocks({ from: 0n, signal: stop.signal })) {
      numbers.push(block.number);
      if (numbers.length === chain.length) stop.abort();
    }

    assert.deepEqual(numbers, [0n, 1n, 2n, 3n]);
  });

  it("stops loudly at a block that does not follow from the one before", async () => {
    const honest = fakeChain([{ id: "a" }], [{ id: "b" }]);
    const forked = fakeChain([{ id: "other" }], [{ id: "b" }]);
    const gateways = await start({ blocks: () => [honest[0]!, forked[1]!] });
    const blocks = connect(gateways).blocks({ from: 0n, signal: new AbortController().signal });

    await assert.rejects(readAll(blocks), { code: "LEDGER_CHAIN_BROKEN" });
  });

  it("stops loudly when the chain does not continue what its caller already has", async () => {
    const chain = fakeChain([{ id: "a" }], [{ id: "b" }]);
    const gateways = await start({ blocks: (from) => chain.slice(from) });
    const blocks = connect(gateways).blocks({
      from: 1n,
      previousHash: "00".repeat(32),
      signal: new AbortController().signal,
    });

    await assert.rejects(readAll(blocks), { code: "LEDGER_CHAIN_BROKEN" });
  });
});

describe("retrying conflicts", () => {
  const conflict = () => Promise.reject(new LedgerError("LEDGER_CONFLICT", "again"));

  it("gives up after a bounded number of attempts", async () => {
    const waits: number[] = [];

    await assert.rejects(
      retryConflicts(conflict, (attempt) => Promise.resolve(void waits.push(attempt))),
      { code: "LEDGER_CONFLICT" },
    );
    assert.deepEqual(waits, [1, 2, 3, 4, 5]);
  });

  it("never repeats a transaction whose fate is unknown", async () => {
    let runs = 0;
    const unknown = () => {
      runs += 1;
      return Promise.reject(new LedgerError("LEDGER_UNKNOWN", "sent"));
    };

    await assert.rejects(
      retryConflicts(unknown, () => Promise.resolve()),
      { code: "LEDGER_UNKNOWN" },
    );
    assert.equal(runs, 1);
  });
});

async function readAll(blocks: AsyncIterable<unknown>): Promise<void> {
  for await (const block of blocks) assert.ok(block);
}
