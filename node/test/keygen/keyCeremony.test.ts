import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { fromHex, sha256, utf8 } from "@comity/protocol";
import { combinePartials, signPartial } from "@comity/threshold";
import fc from "fast-check";
import { BoardRefusal, FakeBoard } from "./fakeBoard.ts";
import type { AttemptSecrets } from "../../src/keygen/keyVault.ts";
import { KeyWork } from "../../src/keygen/keyWork.ts";
import { fakeMember, fakeNetwork, Killed, windowMs, type Disk, type FakeNetwork } from "./fakeMember.ts";

/** Members that take turns in the order of `schedule`; each dies at every effect whose number is in `kills`, and starts again. */
async function generate(
  network: FakeNetwork,
  options: { schedule: readonly number[]; kills?: ReadonlySet<number>; silent?: number; cheat?: number },
) {
  let nowMs = 1_000_000;
  let effects = 0;
  const board = new FakeBoard({ ...network, windowMs }, () => nowMs);
  const disks = network.identities.map(({ index }): Disk => {
    const left = { index, secretShare: new Uint8Array(32) };
    return { secrets: undefined, shares: new Map([["of an attempt that ended", left]]), signed: new Map() };
  });
  const tick = () => {
    effects += 1;
    if (options.kills?.has(effects)) throw new Killed();
  };
  const start = (index: number) =>
    fakeMember(index, {
      network,
      board,
      disk: disks[index - 1]!,
      now: () => nowMs,
      tick,
      forge: index === options.cheat ? cheating : undefined,
    });
  const running = network.identities.map(({ index }) => start(index));
  const ended = new Set<number>();
  const active = network.identities.map(({ index }) => index).filter((index) => index !== options.silent);

  for (let turn = 0; ended.size < active.length; turn += 1) {
    assert.ok(turn < 5000, `no key after ${turn} turns: ${board.state.phase}`);
    const index = active[(options.schedule[turn % options.schedule.length] ?? 0) % active.length]!;
    try {
      const pauseMs = await running[index - 1]!.step();
      if (pauseMs > 60_000) ended.add(index);
      else ended.delete(index);
      nowMs += 20;
    } catch (error) {
      if (error instanceof Killed) running[index - 1] = start(index);
      else if (!(error instanceof BoardRefusal)) throw error;
    }
  }
  return { board, disks };
}

/** A deal of the first attempt that cheats its first recipient. */
function cheating(secrets: AttemptSecrets): AttemptSecrets {
  const { attempt, deal } = secrets;
  if (!deal || attempt > 1) return secrets;
  const shares = deal.shares.map((share, i) => (i === 0 ? { ...share, ciphertext: "00".repeat(48) } : share));
  return { ...secrets, deal: { ...deal, shares } };
}

function assertKeyWorks(board: FakeBoard, disks: readonly Disk[], holders: readonly number[]): void {
  const record = board.state.record!;
  const digest = sha256(utf8("anything"));
  const partials = holders.map((index) => {
    const share = disks[index - 1]!.shares.get(record.groupKey)!;
    return { index, partial: signPartial(share.secretShare, digest) };
  });
  const publicShares = new Map(
    record.members.map(({ index, publicShare }) => [index, fromHex(publicShare, 48)]),
  );
  const groupKey = fromHex(record.groupKey, 48);
  combinePartials({ threshold: record.threshold, groupKey, publicShares, digest, partials });
}

describe("the key ceremony", function () {
  this.timeout(60_000);
  const network = fakeNetwork(4);
  const inTurn = [0, 1, 2, 3];

  it("makes a key of which every member holds its share, and forgets the secrets of the attempt", async () => {
    const { board, disks } = await generate(network, { schedule: inTurn });

    assert.equal(board.state.phase, "active");
    assertKeyWorks(board, disks, [1, 2, 3]);
    assertKeyWorks(board, disks, [2, 3, 4]);
    assert.deepEqual(
      disks.map(({ secrets }) => secrets),
      [undefined, undefined, undefined, undefined],
    );
  });

  it("keeps no share but that of the key in force", async () => {
    const { board, disks } = await generate(network, { schedule: inTurn, cheat: 3 });

    for (const { shares } of disks) assert.deepEqual([...shares.keys()], [board.state.record!.groupKey]);
  });

  it("confirms with what the signing log holds, in a slot for each attempt", async () => {
    const { board, disks } = await generate(network, { schedule: inTurn });

    assert.deepEqual(
      board.state.confirms.map(({ partial }) => partial),
      disks.map(({ signed }) => signed.get("activation 1/1")),
    );
  });

  it("vouches for no record but the one that follows from the deals, even if it holds a share of its key", async () => {
    const { board, disks } = await generate(network, { schedule: inTurn });
    const record = board.state.record!;
    assert.ok(disks[0]!.shares.has(record.groupKey));
    const work = new KeyWork(network, { identity: network.identities[0]!, random: randomBytes });
    const [first, ...others] = record.members;
    const usurped = { ...record, members: [{ ...first!, identityKey: "11".repeat(32) }, ...others] };

    assert.throws(() => work.activation(board.state, usurped), { code: "KEY_RECORD_WRONG" });
    assert.throws(() => work.signRecord(board.state, usurped), { code: "KEY_RECORD_WRONG" });
    assert.equal(work.activation(board.state, record).slot, "1/1");
    assert.equal(work.signRecord(board.state, record)["index"], 1);
    assert.throws(() => work.signRecord(board.state, usurped), { code: "KEY_RECORD_WRONG" });
  });

  it("finds with KEY_DEAL_MISSING that the board withholds a deal that counts", async () => {
    const { board } = await generate(network, { schedule: inTurn });
    const work = new KeyWork(network, { identity: network.identities[0]!, random: randomBytes });
    const withheld = { ...board.state, deals: board.state.deals.slice(1) };

    assert.throws(() => work.activation(withheld, board.state.record!), { code: "KEY_DEAL_MISSING" });
  });

  it("goes on without a member that is silent, once the windows are over", async () => {
    const { board, disks } = await generate(network, { schedule: [0, 1, 2], silent: 2 });

    assert.deepEqual(
      board.state.accepts.map(({ index }) => index),
      [1, 3, 4],
    );
    assertKeyWorks(board, disks, [1, 3, 4]);
  });

  it("ends the attempt of a dealer that cheats, and makes the key without its deal", async () => {
    const { board, disks } = await generate(network, { schedule: inTurn, cheat: 3 });

    assert.equal(board.state.attempt, 2);
    assert.deepEqual(board.state.qualified, [1, 2, 4]);
    assertKeyWorks(board, disks, [1, 3, 4]);
  });

  it("ends with a key, and with one deal of each dealer, in any order of turns and killed at any effects", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(3), { minLength: 8, maxLength: 40 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 80 }), { maxLength: 12 }),
        async (order, kills) => {
          const { board, disks } = await generate(network, {
            schedule: [...order, ...inTurn],
            kills: new Set(kills),
          });

          assert.equal(board.state.attempt, 1);
          assertKeyWorks(board, disks, [1, 2, 3]);
          for (const sent of board.dealsSent.values()) assert.equal(sent.size, 1);
        },
      ),
      { numRuns: 3 },
    );
  });
});
