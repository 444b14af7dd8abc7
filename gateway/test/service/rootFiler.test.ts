import assert from "node:assert/strict";
import { DomainError, parseMemberId, tipHourEndMs, tipHourOf, type TipHourView } from "@comity/protocol";
import { hourRoot } from "@comity/tip";
import { GatewayError } from "../../src/service/gatewayError.ts";
import { RootFiler } from "../../src/service/rootFiler.ts";
import { exampleGenesis as genesis } from "../example.ts";
import { ScriptedLedger } from "../scriptedLedger.ts";
import { FakeTipNode } from "../tipNode.ts";

const memberId = parseMemberId("aa");
const registration = { memberId, receiptKey: "ab".repeat(32), keySignature: "cd".repeat(64) };
const firstHour = tipHourOf(genesis, genesis.clock.originMs);
const { leaves } = new FakeTipNode().hour();

/** Runs the filer for as many turns as the plan has entries; each is what happens before the turn. */
async function run(plan: readonly ((world: World) => void)[]): Promise<World> {
  const world: World = {
    nowMs: tipHourEndMs(genesis, firstHour),
    ledger: new ScriptedLedger({}),
    filed: new Map(),
    closed: new Set(),
    running: new Set(),
    fails: undefined,
    warnings: [],
    slept: [],
  };
  world.ledger.script = scriptOf(world);
  const turns = [...plan];
  turns.shift()?.(world);
  const done = Promise.withResolvers<undefined>();
  const sleep = (ms: number, signal: AbortSignal): Promise<void> => {
    world.slept.push(ms);
    const next = turns.shift();
    if (next === undefined) {
      done.resolve(undefined);
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("stopped"))));
    }
    next(world);
    return Promise.resolve();
  };
  const filer = new RootFiler(
    { genesis, memberId, pauseMs: 77, random: () => 1 },
    {
      ledger: world.ledger,
      desk: { registration },
      node: { hour: (tipHour) => hourOf(world, tipHour) },
      clock: { now: () => world.nowMs, sleep },
      log: { warn: (fields) => void world.warnings.push(fields) },
    },
  );
  filer.start();
  await done.promise;
  await filer.stop();
  return world;
}

interface World {
  nowMs: number;
  readonly ledger: ScriptedLedger;
  readonly filed: Map<number, string>;
  readonly closed: Set<number>;
  readonly running: Set<number>;
  /** What the ledger answers to a filing, instead. */
  fails: DomainError | undefined;
  readonly warnings: object[];
  readonly slept: number[];
}

function scriptOf(world: World) {
  return {
    "bounty:ReadHour": (_id: string, hour: string): TipHourView => {
      const tipHour = Number(hour);
      const root = world.filed.get(tipHour) ?? null;
      return { memberId, tipHour, root, closed: world.closed.has(tipHour) };
    },
    "bounty:FileRoot": (request: string) => {
      if (world.fails) throw world.fails;
      const { tipHour, root } = JSON.parse(request) as { tipHour: number; root: string };
      world.filed.set(tipHour, root);
    },
  };
}

function hourOf({ running }: World, tipHour: number) {
  if (running.has(tipHour)) return Promise.reject(new GatewayError("TIP_HOUR_RUNNING", "not yet"));
  const { networkId, ...list } = { ...new FakeTipNode().hour(), tipHour, leaves };
  return Promise.resolve({ ...list, networkId, type: "comity/v1/tip-hour" as const });
}

const nothing = (): void => undefined;
const pass =
  (hours: number) =>
  (world: World): void =>
    void (world.nowMs += hours * 10_000);
const transactions = ({ ledger }: World): string[] => ledger.filed.map((each) => each.split(" ")[0] ?? "");

describe("The filer of roots", () => {
  it("registers the receipt key once, and files the root of each hour when it is over", async () => {
    const world = await run([nothing, pass(1), pass(2)]);

    assert.deepEqual(transactions(world), [
      "bounty:RegisterGateway",
      ...Array.from({ length: 4 }, () => "bounty:FileRoot"),
    ]);
    assert.deepEqual(
      [...world.filed.keys()],
      [0, 1, 2, 3].map((n) => firstHour + n),
    );
    assert.ok([...world.filed.values()].every((root) => root === hourRoot(leaves)));
    assert.deepEqual(world.slept, [10_000, 10_000, 10_000]);
  });

  it("goes on where the ledger says that it stood, and files nothing twice", async () => {
    const world = await run([({ filed }) => filed.set(firstHour, "00".repeat(32))]);

    assert.deepEqual(transactions(world), ["bounty:RegisterGateway"]);
  });

  it("passes over an hour whose time is over", async () => {
    const world = await run([
      (state) => {
        pass(3)(state);
        state.closed.add(firstHour);
      },
    ]);

    assert.deepEqual([...world.filed.keys()], [firstHour + 1, firstHour + 2, firstHour + 3]);
  });

  it("looks back no further than the ledger could still take a root", async () => {
    const world = await run([pass(1_000)]);

    assert.ok(world.filed.size < 60, String(world.filed.size));
    assert.ok(world.filed.has(firstHour + 1_000));
  });

  it("waits for the node to end the hour, without a word", async () => {
    const world = await run([
      ({ running }) => void running.add(firstHour),
      ({ running }) => {
        running.clear();
      },
    ]);

    assert.deepEqual(world.slept, [77, 10_000]);
    assert.deepEqual(world.warnings, []);
    assert.ok(world.filed.has(firstHour));
  });

  it("tries again what the ledger did not take, later each time, and says so once", async () => {
    const world = await run([
      (state) => void (state.fails = new DomainError("LEDGER_UNAVAILABLE", "down")),
      nothing,
      (state) => void (state.fails = undefined),
    ]);

    assert.deepEqual(world.warnings, [{ code: "LEDGER_UNAVAILABLE" }]);
    assert.deepEqual(world.slept.slice(0, 2), [154, 308]);
    assert.ok(world.filed.has(firstHour));
  });
});
