import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { common } from "@hyperledger/fabric-protos";
import type { Contract, Network } from "@hyperledger/fabric-gateway";
import { chainFault, StoreError } from "../src/index.ts";
import { createAuthority } from "@comity/fabric";
import { versionKey } from "../src/store/layout.ts";
import { type ClientIdentity, identityOf } from "./clientIdentity.ts";
import { text } from "./expectation.ts";
import { Fixture } from "./fixture.ts";
import { chaincodeName, channel } from "./ledgerConfig.ts";

const kills = 10;

describe("Durability", function () {
  this.timeout(120_000);
  let fixture: Fixture;
  let alice: ClientIdentity;

  before(async () => {
    fixture = await Fixture.create();
    alice = await fixture.client(1);
  });
  after(() => fixture.destroy());

  const networkOf = (): Network => fixture.connect(1, alice).getNetwork(channel);
  const contractOf = (): Contract => networkOf().getContract(chaincodeName);

  it("keeps state, blocks and replay protection over a restart", async () => {
    await fixture.startLedger();
    const transaction = await contractOf()
      .newProposal("put", { arguments: ["kept", "1"] })
      .endorse();
    await (await transaction.submit()).getStatus();
    const before = fixture.ledger!.height();
    await fixture.stopLedger();

    await fixture.startLedger();
    const again = contractOf();

    assert.equal(fixture.ledger!.height(), before);
    assert.equal(text(await again.evaluateTransaction("get", "kept")), "1");
    await again.submitTransaction("put", "kept", "2");
    assert.equal(fixture.ledger!.height(), before + 1);
    await fixture.stopLedger();
  });

  it("loses nothing acknowledged when it is killed at random moments", async () => {
    const acknowledged: string[] = [];
    let attempt = 0;
    for (let round = 0; round < kills; round++) {
      await fixture.spawnLedger();
      const contract = contractOf();
      const killed = randomInt(1, 10);
      const writers = Array.from({ length: 8 }, async () => {
        for (;;) {
          const key = `k${attempt++}`;
          await contract.submitTransaction("put", key, key);
          if (acknowledged.push(key) % killed === 0) await fixture.killLedger();
        }
      });
      await Promise.allSettled(writers);
    }
    await fixture.spawnLedger();

    const contract = contractOf();
    const kept = await Promise.all(acknowledged.map((key) => contract.evaluateTransaction("get", key)));
    assert.deepEqual(kept.map(text), acknowledged);
    assert.ok(acknowledged.length >= kills, String(acknowledged.length));
    const { height } = await restarted();
    assert.equal(chainFault(await blocks(height)), undefined);
    await fixture.stopLedger();
  });

  it("opens a store of the first version, and finds the history of its keys", async () => {
    await fixture.startLedger();
    await contractOf().submitTransaction("put", "old", "1");
    await contractOf().submitTransaction("put", "old", "2");
    await fixture.stopLedger();
    await withoutHistory();

    await fixture.startLedger();
    const history = JSON.parse(text(await contractOf().evaluateTransaction("history", "old"))) as {
      value: string;
    }[];

    assert.deepEqual(
      history.map(({ value }) => value),
      ["2", "1"],
    );
    await fixture.stopLedger();
  });

  it("refuses a store that a newer program wrote", async () => {
    await fixture.startLedger();
    await fixture.stopLedger();
    await fixture.changeStore((db) => db.put(versionKey, Buffer.from([0, 0, 0, 99])));

    await assert.rejects(fixture.startLedger(), (e) => e instanceof StoreError && e.code === "STORE_VERSION");
    await withoutHistory();
  });

  it("is for one process at a time", async () => {
    await fixture.startLedger();
    const first = fixture.ledger;

    await assert.rejects(fixture.startLedger(), (e) => e instanceof StoreError && e.code === "STORE_LOCKED");
    fixture.ledger = first;
    await fixture.stopLedger();
  });

  it("writes a changed configuration as a block, and refuses another channel", async () => {
    await fixture.startLedger();
    const height = fixture.ledger!.height();
    await fixture.stopLedger();
    const operator = await createAuthority({
      mspId: "OperatorMSP",
      organisation: "Operator",
      now: () => Date.now(),
    });
    const rootCertificateFile = join(fixture.folder, "operator.pem");
    await writeFile(rootCertificateFile, operator.rootCertificatePem);
    const config = fixture.rawConfig;

    fixture.rawConfig = { ...config, otherMsps: [{ mspId: "OperatorMSP", rootCertificateFile }] };
    await fixture.startLedger();
    const identity = identityOf("OperatorMSP", await operator.issue({ commonName: "o", ou: "client" }));
    const contract = fixture.connect(1, identity).getNetwork(channel).getContract(chaincodeName);
    assert.equal(fixture.ledger!.height(), height + 1);
    assert.equal(text(await contract.submitTransaction("put", "operator", "1")), "1");
    assert.equal(chainFault(await blocks(height + 2)), undefined);
    await fixture.stopLedger();

    fixture.rawConfig = { ...config, channel: "other" };
    await assert.rejects(
      fixture.startLedger(),
      (e) => e instanceof StoreError && e.code === "STORE_OTHER_CHANNEL",
    );
    fixture.rawConfig = config;
  });

  /** As the first version wrote it. */
  async function withoutHistory(): Promise<void> {
    await fixture.changeStore(async (db) => {
      await db.clear({ gte: Buffer.from("y/"), lt: Buffer.from("y0") });
      await db.del(versionKey);
    });
  }

  async function restarted(): Promise<{ height: number }> {
    await fixture.stopLedger();
    return fixture.spawnLedger();
  }

  async function blocks(height: number): Promise<common.Block[]> {
    const events = await networkOf().getBlockEvents({ startBlock: 0n });
    const found: common.Block[] = [];
    for await (const block of events) if (found.push(block) === height) break;
    events.close();
    return found;
  }
});
