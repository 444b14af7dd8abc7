import assert from "node:assert/strict";
import type { Contract } from "@hyperledger/fabric-gateway";
import { failureOf, text } from "./expectation.ts";
import { Fixture } from "./fixture.ts";
import { chaincodeName, channel } from "./ledgerConfig.ts";

interface Page {
  readonly keys: readonly string[];
  readonly bookmark: string;
  readonly fetchedRecordsCount: number;
}

describe("Chaincode's requests", function () {
  this.timeout(120_000);
  let fixture: Fixture;
  let contract: Contract;

  before(async () => {
    fixture = await Fixture.create();
    await fixture.startLedger();
    contract = fixture
      .connect(1, await fixture.client(1))
      .getNetwork(channel)
      .getContract(chaincodeName);
  });
  after(() => fixture.destroy());

  const evaluate = async (...args: readonly [string, ...string[]]): Promise<string> => {
    const [name, ...rest] = args;
    return text(await contract.evaluateTransaction(name, ...rest));
  };

  describe("for ranges", () => {
    const keys = Array.from({ length: 250 }, (_, i) => `r/${String(i).padStart(3, "0")}`);

    before(async () => {
      for (let at = 0; at < keys.length; at += 25) {
        await Promise.all(keys.slice(at, at + 25).map((key) => contract.submitTransaction("put", key, "v")));
      }
      await contract.submitTransaction("put", "u/\u{ffff}", "v");
      await contract.submitTransaction("put", "u/\u{10000}", "v");
      for (const [a, b] of [
        ["x", "1"],
        ["x", "2"],
        ["y", "3"],
      ] as const) {
        await contract.submitTransaction("putComposite", "pair", a, b);
      }
    });

    it("brings more than one batch in order, the start included and the end not", async () => {
      assert.deepEqual(JSON.parse(await evaluate("range", "r/", "r/~")), keys);
      assert.deepEqual(JSON.parse(await evaluate("range", "r/010", "r/012")), ["r/010", "r/011"]);
      assert.deepEqual(JSON.parse(await evaluate("range", "r/012", "r/010")), []);
    });

    it("orders by bytes of UTF-8, not by JavaScript's code units", async () => {
      assert.deepEqual(JSON.parse(await evaluate("range", "u/", "u0")), ["u/\u{ffff}", "u/\u{10000}"]);
    });

    it("finds composite keys by their first attributes", async () => {
      assert.deepEqual(JSON.parse(await evaluate("composite", "pair", "x")), [
        ["x", "1"],
        ["x", "2"],
      ]);
    });

    it("pages with a bookmark until there is none", async () => {
      const first = JSON.parse(await evaluate("page", "r/", "r/~", "120")) as Page;
      const second = JSON.parse(await evaluate("page", "r/", "r/~", "120", first.bookmark)) as Page;
      const third = JSON.parse(await evaluate("page", "r/", "r/~", "120", second.bookmark)) as Page;

      assert.deepEqual([...first.keys, ...second.keys, ...third.keys], keys);
      assert.deepEqual([first.bookmark, second.bookmark, third.bookmark], ["r/120", "r/240", ""]);
      assert.deepEqual([first.fetchedRecordsCount, third.fetchedRecordsCount], [120, 10]);
    });

    it("lets a transaction read a range and write, in either order", async () => {
      await contract.submitTransaction("rangeThenPut", "r/000", "r/003");
      const first = await contract.submitTransaction("putThenRange", "r/000", "r/~");

      assert.equal(await evaluate("get", "r/002"), "seen");
      assert.equal(text(first), "r/000");
    });

    it("fails the transaction whose range has changed, within a block and across blocks", async () => {
      const reads = ["p/", "p/~"] as const;
      const [first, second, third] = await Promise.all(
        ["p/1", "p/2", "p/3"].map((key) =>
          contract.newProposal("rangeAndPut", { arguments: [...reads, key] }).endorse(),
        ),
      );
      const commits = [await first!.submit(), await second!.submit()];
      const codes = await Promise.all(commits.map(async (commit) => (await commit.getStatus()).code));
      const late = await (await third!.submit()).getStatus();

      assert.deepEqual([...codes, late.code], [0, 12, 12]);
      assert.deepEqual(JSON.parse(await evaluate("range", ...reads)), ["p/1"]);
    });

    it("fails it for a change far down a large range, and keeps it for one outside", async () => {
      const large = () =>
        contract.newProposal("rangeAndPut", { arguments: ["r/", "r/~", "large"] }).endorse();
      const [before, beside] = [await large(), await large()];
      await contract.submitTransaction("put", "s/beside", "v");
      const kept = await (await beside.submit()).getStatus();
      await contract.submitTransaction("del", "r/249");
      const failed = await (await before.submit()).getStatus();
      await contract.submitTransaction("put", "r/249", "v");

      assert.deepEqual([kept.code, failed.code], [0, 12]);
    });

    it("refuses a page in a transaction that writes, whichever comes first", async () => {
      const before = await failureOf(contract.submitTransaction("pageThenPut", "r/", "r/~"));
      const after = await failureOf(contract.evaluateTransaction("putThenPage", "r/000", "r/~"));

      assert.match(
        before.details[0]?.message ?? "",
        /Transaction has already performed a paginated query\. Writes are not allowed$/,
      );
      assert.match(after.message, /Paginated queries are supported only in a read-only transaction$/);
    });

    it("submits a transaction that only reads pages, and checks them too", async () => {
      const paged = () => contract.newProposal("page", { arguments: ["r/", "r/~", "10"] }).endorse();
      const [within, beyond] = [await paged(), await paged()];
      await contract.submitTransaction("put", "r/010", "v");
      const kept = await (await beyond.submit()).getStatus();
      await contract.submitTransaction("put", "r/009", "v");
      const failed = await (await within.submit()).getStatus();

      assert.deepEqual([kept.code, failed.code], [0, 12]);
    });
  });

  describe("for a key's history", () => {
    interface Modification {
      readonly txId: string;
      readonly seconds: number;
      readonly value: string;
      readonly isDelete: boolean;
    }
    const historyOf = async (key: string): Promise<Modification[]> =>
      JSON.parse(await evaluate("history", key)) as Modification[];

    it("brings every valid write with its transaction, newest first, deletions too", async () => {
      const started = Math.floor(Date.now() / 1000);
      const txIds: string[] = [];
      for (const args of [
        ["put", "h", "1"],
        ["put", "h", "2"],
        ["del", "h"],
        ["put", "h", "3"],
      ] as const) {
        const [name, ...rest] = args;
        const proposal = contract.newProposal(name, { arguments: rest });
        txIds.unshift(proposal.getTransactionId());
        await (await (await proposal.endorse()).submit()).getStatus();
      }

      const history = await historyOf("h");

      assert.deepEqual(
        history.map(({ txId, value, isDelete }) => [txId, value, isDelete]),
        [
          [txIds[0], "3", false],
          [txIds[1], "", true],
          [txIds[2], "2", false],
          [txIds[3], "1", false],
        ],
      );
      assert.ok(history.every(({ seconds }) => seconds >= started && seconds <= Date.now() / 1000));
    });

    it("leaves out what was flagged invalid, and keys that merely begin alike", async () => {
      await contract.submitTransaction("put", "hh", "1");
      await contract.submitTransaction("put", "hh\0", "other");
      const late = await contract.newProposal("add", { arguments: ["hh", "1"] }).endorse();
      await contract.submitTransaction("put", "hh", "2");
      assert.equal((await (await late.submit()).getStatus()).code, 11);

      assert.deepEqual(
        (await historyOf("hh")).map(({ value }) => value),
        ["2", "1"],
      );
      assert.deepEqual(await historyOf("nobody wrote it"), []);
    });
  });

  describe("for a key's own policy", () => {
    it("find none, and count as a read of the key", async () => {
      await contract.submitTransaction("put", "m", "1");
      assert.equal(await evaluate("policyOf", "m"), "none");

      const late = await contract.newProposal("policyOfThenPut", { arguments: ["m", "other"] }).endorse();
      await contract.submitTransaction("put", "m", "2");

      assert.equal((await (await late.submit()).getStatus()).code, 11);
    });

    it("are refused where they set one", async () => {
      const failure = await failureOf(contract.submitTransaction("policy", "m"));

      assert.match(
        failure.details[0]?.message ?? "",
        /PUT_STATE_METADATA failed: .*: key level endorsement is not enabled: this ledger's keys have no policies of their own$/,
      );
    });
  });

  it("for a rich query are refused with Fabric's text", async () => {
    const endorsed = await failureOf(contract.submitTransaction("rich"));
    const evaluated = await failureOf(contract.evaluateTransaction("rich"));

    const expected =
      /GET_QUERY_RESULT failed: transaction ID: [0-9a-f]{64}: ExecuteQuery not supported for leveldb$/;
    assert.match(endorsed.details[0]?.message ?? "", expected);
    assert.match(evaluated.message, expected);
  });

  describe("of a process that fails", () => {
    it("substitutes a member whose process dies in the middle, and reaches it again afterwards", async () => {
      const member = fixture.member(2);

      assert.equal(text(await contract.submitTransaction("exit", "Member2MSP")), "up");
      await fixture.killChaincode(member);
      await fixture.startChaincode(member);

      const own = fixture
        .connect(2, await fixture.client(2))
        .getNetwork(channel)
        .getContract(chaincodeName);
      assert.equal(text(await own.evaluateTransaction("memberOf")), "Member2MSP");
    });

    it("fails the clients of the member's own gateway, and evaluates elsewhere", async () => {
      const member = fixture.member(4);
      await fixture.killChaincode(member);
      const own = fixture
        .connect(4, await fixture.client(4))
        .getNetwork(channel)
        .getContract(chaincodeName);

      const failure = await failureOf(own.submitTransaction("put", "a", "1"));
      const elsewhere = text(await own.evaluateTransaction("memberOf"));

      assert.equal(failure.code, 10);
      assert.match(
        failure.details[0]?.message ?? "",
        /could not launch chaincode test: connection to test failed: .*: connect: connection refused"$/,
      );
      assert.match(elsewhere, /^Member[123]MSP$/);
      await fixture.startChaincode(member);
    });

    it("refuses with two of four down and a quorum of three, and recovers when one is back", async () => {
      await fixture.killChaincode(fixture.member(3));
      await fixture.killChaincode(fixture.member(4));

      const failure = await failureOf(contract.submitTransaction("put", "down", "1"));
      await fixture.startChaincode(fixture.member(3));
      const recovered = await contract.submitTransaction("put", "down", "2");

      assert.equal(failure.code, 10);
      assert.equal(
        failure.message,
        "10 ABORTED: failed to collect enough transaction endorsements, see attached details for more info",
      );
      assert.equal(failure.details.length > 0, true);
      assert.equal(text(recovered), "2");
    });
  });

  describe("of a process that hangs", () => {
    let hung: Fixture;
    let impatient: Contract;

    before(async () => {
      hung = await Fixture.create({ config: { executeTimeoutMs: 2000, endorsementTimeoutMs: 3000 } });
      await hung.startLedger();
      impatient = hung
        .connect(1, await hung.client(1))
        .getNetwork(channel)
        .getContract(chaincodeName);
      await impatient.submitTransaction("put", "a", "1");
    });
    after(() => hung.destroy());

    it("gives up on one that hangs and says so", async () => {
      const failure = await failureOf(impatient.submitTransaction("hang", "Member1MSP"));

      assert.match(
        failure.details[0]?.message ?? "",
        /^error in simulation: failed to execute transaction [0-9a-f]{64}: error sending: timeout expired while executing transaction$/,
      );
    });

    it("substitutes another member that hangs", async () => {
      assert.equal(text(await impatient.submitTransaction("hang", "Member3MSP")), "up");
    });
  });
});
