import assert from "node:assert/strict";
import { createAuthority } from "@comity/fabric";
import type { common } from "@hyperledger/fabric-protos";
import { Orderer } from "../src/commit/orderer.ts";
import { ChannelPolicy } from "../src/identity/channelPolicy.ts";
import { MspRegistry } from "../src/identity/mspRegistry.ts";
import { type ClientIdentity, identityOf } from "./clientIdentity.ts";
import { makeEnvelope } from "./handmade.ts";
import { channel } from "./ledgerConfig.ts";

const mebibyte = 1024 * 1024;

describe("Orderer", () => {
  let alice: ClientIdentity;
  let msps: MspRegistry;
  let opened: Orderer;

  before(async () => {
    const mspId = "Member1MSP";
    const authority = await createAuthority({ mspId, organisation: "Member 1", now: () => Date.now() });
    alice = identityOf(mspId, await authority.issue({ commonName: "alice", ou: "client" }));
    msps = new MspRegistry([{ mspId, rootCertificatePem: authority.rootCertificatePem }]);
  });
  afterEach(() => opened.stop());

  const ofSize = (sizeBytes: number): common.Envelope => makeEnvelope(alice, Buffer.alloc(sizeBytes));

  interface Settings {
    readonly maxBlockTransactions?: number;
    /** What each block waits for before it is written. */
    readonly disk?: Promise<unknown>;
    readonly isCommitted?: () => boolean;
  }

  /** An orderer that cuts no block by time, and the number of transactions in each block that it has cut. */
  function start(settings: Settings = {}): { orderer: Orderer; blocks: number[] } {
    const blocks: number[] = [];
    const options = { channel, blockMs: 60_000, maxBlockTransactions: settings.maxBlockTransactions ?? 500 };
    opened = new Orderer(options, {
      msps,
      policy: new ChannelPolicy(channel, msps),
      now: () => Date.now(),
      isCommitted: settings.isCommitted ?? (() => false),
      commit: async (envelopes) => {
        await settings.disk;
        blocks.push(envelopes.length);
      },
      onFatal: (error) => assert.fail(String(error)),
    });
    return { orderer: opened, blocks };
  }

  it("cuts a block before a transaction that would take it past two mebibytes", async () => {
    const { orderer, blocks } = start();
    for (const size of [0.9, 0.9, 0.9]) orderer.submit(ofSize(size * mebibyte));

    await orderer.stop();

    assert.deepEqual(blocks, [2, 1]);
  });

  it("gives each transaction that is larger than that a block of its own, at once", async () => {
    const { orderer, blocks } = start();
    orderer.submit(ofSize(10));
    for (let i = 0; i < 3; i++) orderer.submit(ofSize(9 * mebibyte));
    await new Promise(setImmediate);

    assert.deepEqual(blocks, [1, 1, 1, 1]);
  });

  it("cuts a block at its number of transactions", async () => {
    const { orderer, blocks } = start({ maxBlockTransactions: 2 });
    for (let i = 0; i < 3; i++) orderer.submit(ofSize(10));

    await orderer.stop();

    assert.deepEqual(blocks, [2, 1]);
  });

  it("takes no more in than it may hold in memory, until some of it is written", async () => {
    const disk = Promise.withResolvers<undefined>();
    const { orderer } = start({ disk: disk.promise });
    const staged = Array.from({ length: 14 }, () => ofSize(9 * mebibyte));

    const refusals = staged.map((envelope) => orderer.submit(envelope)?.info);
    disk.resolve(undefined);
    await new Promise(setImmediate);
    const later = orderer.submit(staged[13]!);

    const full = "failed to submit request: request pool is full or closed";
    assert.deepEqual(refusals, [...Array<undefined>(7).fill(undefined), ...Array<string>(7).fill(full)]);
    assert.equal(later, undefined);
  });

  it("orders a repeat of a waiting transaction once", async () => {
    const { orderer, blocks } = start();
    const envelope = ofSize(10);

    assert.deepEqual([orderer.submit(envelope), orderer.submit(envelope)], [undefined, undefined]);
    await orderer.stop();

    assert.deepEqual(blocks, [1]);
  });

  it("refuses a repeat of a committed transaction", () => {
    const { orderer } = start({ isCommitted: () => true });

    const info = "failed to submit request: request already processed";
    assert.deepEqual(orderer.submit(ofSize(10)), { status: "SERVICE_UNAVAILABLE", info });
  });

  it("takes nothing in once it is stopped", async () => {
    const { orderer } = start();
    await orderer.stop();

    assert.equal(orderer.submit(ofSize(10))?.status, "SERVICE_UNAVAILABLE");
  });
});
