import assert from "node:assert/strict";
import type { Contract, Gateway } from "@hyperledger/fabric-gateway";
import { sha256 } from "../src/wire/hash.ts";
import type { ClientIdentity } from "./clientIdentity.ts";
import { failureOf, text } from "./expectation.ts";
import { Fixture } from "./fixture.ts";
import { chaincodeName, channel } from "./ledgerConfig.ts";

const member = (number: number): string => `Member${number}MSP`;
const two = [member(1), member(2)];
const collections = [
  { name: "closed", members: two, memberOnlyRead: true, memberOnlyWrite: true },
  { name: "open", members: two },
  { name: "solo", members: [member(1)] },
  { name: "brief", members: two, blockToLive: 2 },
];

describe("Private data", function () {
  this.timeout(120_000);
  let fixture: Fixture;
  let clients: ClientIdentity[];

  before(async () => {
    fixture = await Fixture.create({ quorum: 2, config: { collections } });
    clients = await Promise.all([1, 2, 3, 4].map((number) => fixture.client(number)));
    await fixture.startLedger();
  });
  after(() => fixture.destroy());

  /** A client of one member at the gateway of another. */
  function contractOf(client: number, gateway = client): Contract {
    return connect(client, gateway).getNetwork(channel).getContract(chaincodeName);
  }

  function connect(client: number, gateway = client): Gateway {
    return fixture.connect(gateway, clients[client - 1]!);
  }

  async function evaluate(contract: Contract, name: string, ...args: string[]): Promise<string> {
    return text(await contract.evaluateTransaction(name, ...args));
  }

  async function codeOf(contract: Contract, name: string, ...args: string[]): Promise<number> {
    const transaction = await contract.newProposal(name, { arguments: args }).endorse();
    return (await (await transaction.submit()).getStatus()).code;
  }

  const reason = async (call: Promise<unknown>): Promise<string> => {
    const { message, details } = await failureOf(call);
    return details[0]?.message ?? message;
  };

  it("gives members the value and everybody its hash", async () => {
    const alice = contractOf(1);
    assert.equal(await codeOf(alice, "putPrivate", "closed", "k", "v"), 0);

    assert.equal(await evaluate(alice, "getPrivate", "closed", "k"), "v");
    assert.equal(await evaluate(contractOf(2), "getPrivate", "closed", "k"), "v");
    for (const number of [1, 3]) {
      const hash = await evaluate(contractOf(number), "hashPrivate", "closed", "k");
      assert.equal(hash, sha256(Buffer.from("v")).toString("hex"));
    }
    assert.equal(await evaluate(alice, "getPrivate", "closed", "nothing"), "");
    assert.equal(await evaluate(alice, "hashPrivate", "closed", "nothing"), "");
  });

  it("deletes, and never shows a simulation its own writes", async () => {
    const alice = contractOf(1);
    await alice.submitTransaction("addPrivate", "open", "sum", "2");

    assert.equal(text(await alice.submitTransaction("addPrivate", "open", "sum", "3")), "5");
    await alice.submitTransaction("delPrivate", "open", "sum");

    assert.equal(await evaluate(alice, "getPrivate", "open", "sum"), "");
    assert.equal(await evaluate(alice, "hashPrivate", "open", "sum"), "");
  });

  it("leaves the value out of the block, which has its hash and no transient data", async () => {
    const alice = contractOf(1);
    const secret = "a secret for two";
    const proposal = alice.newProposal("putSecret", {
      arguments: ["closed", "hidden"],
      transientData: { value: secret },
    });
    const { blockNumber, code } = await (await (await proposal.endorse()).submit()).getStatus();
    const query = fixture
      .connect(1, await fixture.client(1))
      .getNetwork(channel)
      .getContract("qscc");
    const block = Buffer.from(
      await query.evaluateTransaction("GetBlockByNumber", channel, String(blockNumber)),
    );

    assert.equal(code, 0);
    assert.equal(block.includes(secret), false);
    assert.equal(block.includes(sha256(Buffer.from(secret))), true);
    assert.equal(await evaluate(alice, "getPrivate", "closed", "hidden"), secret);
  });

  it("refuses those who are no members, as the collection says", async () => {
    await contractOf(1).submitTransaction("putPrivate", "open", "o", "v");
    const carol = contractOf(3, 1);

    const right = (name: string): RegExp =>
      new RegExp(
        `tx creator does not have ${name} access permission on privatedata in chaincodeName:test collectionName: closed$`,
      );
    assert.match(await reason(carol.evaluateTransaction("getPrivate", "closed", "k")), right("read"));
    assert.match(await reason(carol.evaluateTransaction("rangePrivate", "closed", "", "")), right("read"));
    for (const name of ["putPrivate", "delPrivate", "purgePrivate"]) {
      assert.match(await reason(carol.submitTransaction(name, "closed", "k", "v")), right("write"));
    }
    assert.equal(await evaluate(carol, "getPrivate", "open", "o"), "v");
    assert.equal(await codeOf(carol, "putPrivate", "open", "o", "w"), 0);
  });

  it("has no policies of its keys' own", async () => {
    const alice = contractOf(1);

    assert.equal(await evaluate(alice, "privatePolicyOf", "closed", "k"), "none");
    assert.match(
      await reason(contractOf(3, 1).evaluateTransaction("privatePolicyOf", "closed", "k")),
      /GET_STATE_METADATA failed: .*: tx creator does not have read access permission/,
    );
    assert.match(
      await reason(alice.submitTransaction("privatePolicy", "closed", "k")),
      /PUT_STATE_METADATA failed: .*: key level endorsement is not enabled/,
    );
  });

  it("refuses collections that are not there, with Fabric's texts", async () => {
    const alice = contractOf(1);

    for (const name of ["putPrivate", "getPrivate", "delPrivate", "purgePrivate", "rangePrivate"]) {
      assert.match(
        await reason(alice.submitTransaction(name, "nowhere", "k", "v")),
        /failed: transaction ID: [0-9a-f]{64}: collection comity\/test\/nowhere could not be found$/,
      );
    }
    assert.match(
      await reason(alice.evaluateTransaction("hashPrivate", "nowhere", "k")),
      /: collection \[nowhere\] not defined in the collection config for chaincode \[test\]$/,
    );
  });

  it("has no value at the endorser of another member, and says so as Fabric", async () => {
    await contractOf(1).submitTransaction("putPrivate", "open", "there", "v");

    const elsewhere = contractOf(1, 3);

    assert.match(
      await reason(elsewhere.evaluateTransaction("getPrivate", "open", "there")),
      /private data matching public hash version is not available\. Public hash version = \{BlockNum: \d+, TxNum: 0\}, Private data version = <nil>$/,
    );
    assert.equal(await evaluate(elsewhere, "rangePrivate", "open", "", ""), "[]");
  });

  it("lets one of two racing transactions win", async () => {
    const alice = contractOf(1);
    await alice.submitTransaction("putPrivate", "open", "hot", "0");
    const endorsed = await Promise.all(
      ["1", "10"].map((n) => alice.newProposal("addPrivate", { arguments: ["open", "hot", n] }).endorse()),
    );
    const commits = [];
    for (const transaction of endorsed) commits.push(await transaction.submit());
    const codes = await Promise.all(commits.map(async (commit) => (await commit.getStatus()).code));

    assert.deepEqual(codes, [0, 11]);
    assert.equal(await evaluate(alice, "getPrivate", "open", "hot"), "1");
  });

  it("reads ranges, beside which nothing may be written", async () => {
    const alice = contractOf(1);
    for (const key of ["r1", "r2", "r3"]) await alice.submitTransaction("putPrivate", "open", key, "v");

    assert.equal(await evaluate(alice, "rangePrivate", "open", "r1", "r3"), '["r1","r2"]');
    assert.match(
      await reason(alice.submitTransaction("rangePrivateThenPut", "open", "a")),
      /unsuppored transaction\. Transaction has already performed queries on pvt data\. Writes are not allowed$/,
    );
    assert.match(
      await reason(alice.submitTransaction("putThenRangePrivate", "open", "a")),
      /unsuppored transaction\. Queries on pvt data is supported only in a read-only transaction$/,
    );
  });

  describe("at the gateway", () => {
    it("asks only members for what was read, and refuses where they are too few", async () => {
      const alice = contractOf(1);
      for (let i = 0; i < 4; i++) assert.equal(await codeOf(alice, "addPrivate", "open", "read", "1"), 0);
      await alice.submitTransaction("putPrivate", "solo", "k", "1");

      const failure = await failureOf(alice.submitTransaction("addPrivate", "solo", "k", "1"));

      assert.equal(failure.code, 9);
      assert.match(
        failure.message,
        /no combination of peers can be derived which satisfy the endorsement policy: no peer combination can satisfy the endorsement policy$/,
      );
    });

    it("shows transient data to members only", async () => {
      const alice = contractOf(1);
      const options = { arguments: ["solo", "secret"], transientData: { value: "s" } };

      const failure = await failureOf(alice.newProposal("putSecret", options).endorse());
      const trusted = await alice
        .newProposal("putSecret", { ...options, endorsingOrganizations: two })
        .endorse();

      assert.equal(failure.code, 9);
      assert.match(
        failure.message,
        /requires endorsement from organisation\(s\) that are not in the distribution policy of the private data collection\(s\): \[solo\]; retry specifying trusted endorsing organizations to protect transient data$/,
      );
      assert.equal((await (await trusted.submit()).getStatus()).code, 0);
      assert.equal(await evaluate(alice, "getPrivate", "solo", "secret"), "s");
    });
  });

  it("removes a value and its hash once its blocks are over, unless it was written again", async () => {
    const alice = contractOf(1);
    await alice.submitTransaction("putPrivate", "brief", "gone", "v");
    await alice.submitTransaction("putPrivate", "brief", "kept", "v");
    await alice.submitTransaction("putPrivate", "brief", "kept", "w");

    assert.equal(await evaluate(alice, "getPrivate", "brief", "gone"), "v");
    await alice.submitTransaction("put", "next", "block");

    assert.equal(await evaluate(alice, "getPrivate", "brief", "gone"), "");
    assert.equal(await evaluate(alice, "hashPrivate", "brief", "gone"), "");
    assert.equal(await evaluate(alice, "getPrivate", "brief", "kept"), "w");
  });

  it("purges a value from the disk, and keeps its hash in the block", async () => {
    const alice = contractOf(1);
    const secret = "to be forgotten";
    const transientData = { value: secret };
    const put = alice.newProposal("putSecret", { arguments: ["closed", "purged"], transientData });
    await (await (await put.endorse()).submit()).getStatus();

    assert.equal(await codeOf(alice, "purgePrivate", "closed", "purged"), 0);

    assert.equal(await evaluate(alice, "getPrivate", "closed", "purged"), "");
    assert.equal(await evaluate(alice, "hashPrivate", "closed", "purged"), "");
    assert.deepEqual(await kindsWith(Buffer.from(secret)), []);
    assert.deepEqual(await kindsWith(sha256(Buffer.from(secret))), ["b/"]);
  });

  it("keeps the values of an endorsed transaction over a restart", async () => {
    const alice = contractOf(1);
    const proposal = alice.newProposal("putPrivate", {
      arguments: ["closed", "waiting", "a value that waits"],
    });
    const bytes = (await proposal.endorse()).getBytes();
    await fixture.stopLedger();
    await fixture.startLedger();

    const gateway = connect(1);
    const { code } = await (await gateway.newTransaction(bytes).submit()).getStatus();

    assert.equal(code, 0);
    assert.equal(await evaluate(contractOf(1), "getPrivate", "closed", "waiting"), "a value that waits");
    assert.deepEqual((await kindsWith(Buffer.from("a value that waits"))).includes("x/"), false);
  });

  it("commits the hash alone where the values were lost, and purges what is left by it", async () => {
    const alice = contractOf(1);
    await alice.submitTransaction("putPrivate", "closed", "lost", "before");
    const write = await alice.newProposal("putPrivate", { arguments: ["closed", "lost", "v"] }).endorse();
    const purge = await alice.newProposal("purgePrivate", { arguments: ["closed", "lost"] }).endorse();
    await fixture.stopLedger();
    await fixture.changeStore((db) => db.clear({ gte: Buffer.from("x/"), lt: Buffer.from("x0") }));
    await fixture.startLedger();
    const gateway = connect(1);
    const reopened = gateway.getNetwork(channel).getContract(chaincodeName);

    const written = await (await gateway.newTransaction(write.getBytes()).submit()).getStatus();
    assert.equal(written.code, 0);
    assert.match(
      await reason(reopened.evaluateTransaction("getPrivate", "closed", "lost")),
      /is not available\. Public hash version = \{.*\}, Private data version = \{.*\}$/,
    );
    const purged = await (await gateway.newTransaction(purge.getBytes()).submit()).getStatus();
    assert.equal(purged.code, 0);
    assert.equal(await evaluate(reopened, "getPrivate", "closed", "lost"), "");
  });

  /** The kinds of entries on disk that hold these bytes. The ledger runs again afterwards. */
  async function kindsWith(bytes: Buffer): Promise<string[]> {
    const kinds = new Set<string>();
    await fixture.stopLedger();
    await fixture.changeStore(async (db) => {
      for await (const [key, stored] of db.iterator()) {
        if (stored.includes(bytes)) kinds.add(key.subarray(0, 2).toString());
      }
    });
    await fixture.startLedger();
    return [...kinds];
  }
});
