import assert from "node:assert/strict";
import {
  availableMinor,
  bondDocument,
  type BondDocument,
  type BondId,
  type CadenceDocument,
  DAY_MS,
  type ModelCheckpointDocument,
  modelCheckpointCreatedMs,
  type NoticeDocument,
  type NoticeId,
  type OperatorDocument,
  type OperatorId,
  type SuretyDocument,
  type SuretyId,
} from "@comity/protocol";
import fc from "fast-check";
import { acceptBond, bondTransitions, postBond, releaseBond } from "../../src/bond/bondRules.ts";
import { sequencesToJudge, sweepBond } from "../../src/bond/sweepRules.ts";
import { declareCadence, registerModelCheckpoint } from "../../src/checkpoint/checkpointRules.ts";
import { LedgerError } from "../../src/ledger/ledgerError.ts";
import {
  amendNotice,
  completeNotice,
  fileNotice,
  startNotice,
  withdrawNotice,
} from "../../src/notice/noticeRules.ts";
import { genesisOf, noticeOf, ORIGIN_MS, ulid } from "../fixture/coalition.ts";

const genesis = genesisOf();
const operator = { operatorId: "alpine", memberId: "ch", sites: ["bern-1"] } as unknown as OperatorDocument;
const surety = { suretyId: "harbour-vale", status: "admitted" } as SuretyDocument;
const HOUR_MS = DAY_MS / 24;

const actions = [
  "start",
  "declare",
  "register",
  "accept",
  "sweep",
  "release",
  "complete",
  "withdraw",
  "extend",
] as const;
const step = fc.record({
  action: fc.constantFrom(...actions, "register", "sweep"),
  afterHours: fc.integer({ min: 0, max: 200 }),
  /** Which model checkpoint, how far the plan reaches, how often: whatever the action asks for. */
  salt: fc.integer({ min: 1, max: 60 }),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** A bond and its run, moved by the rules alone, with a second book that counts the money by itself. */
class History {
  nowMs = ORIGIN_MS;
  notice: NoticeDocument;
  cadence: CadenceDocument | undefined;
  readonly registered = new Map<number, ModelCheckpointDocument>();
  bond: BondDocument;
  /** Every model checkpoint for which a trigger was ever opened, with what became of it. */
  readonly triggered = new Map<number, "open" | "cured" | "forfeited">();
  readonly amounts = new Map<number, bigint>();

  constructor(penalMinor: bigint) {
    this.notice = fileNotice(noticeOf(), this.circumstances);
    const request = {
      bondId: ulid("D") as BondId,
      principal: "alpine" as OperatorId,
      surety: "harbour-vale" as SuretyId,
      penalMinor: penalMinor.toString(),
      currency: "USD",
      noticeId: ulid("A") as NoticeId,
    } as const;
    this.bond = postBond(request, { operator, notice: this.notice, surety }, genesis, this.moment);
  }

  get moment() {
    return { realMs: this.nowMs, policyMs: this.nowMs };
  }

  get circumstances() {
    return { genesis, operator, time: { ...this.moment, isDegraded: false } };
  }

  get run() {
    return { notice: this.notice, cadence: this.cadence };
  }

  readonly #actions: { readonly [A in (typeof actions)[number]]: (salt: number) => void } = {
    start: () => (this.notice = startNotice(this.notice, this.circumstances)),
    complete: () => (this.notice = completeNotice(this.notice, this.circumstances)),
    withdraw: () => (this.notice = withdrawNotice(this.notice, "cancelled", this.circumstances)),
    extend: (salt) => {
      const plannedEndMs = ORIGIN_MS + (20 + salt) * DAY_MS;
      this.notice = amendNotice(this.notice, { plannedEndMs }, this.circumstances) ?? this.notice;
    },
    declare: (salt) => {
      const request = { noticeId: this.notice.noticeId, cadenceHours: 6 * salt };
      this.cadence = declareCadence(request, this.notice, this.cadence, this.moment) ?? this.cadence;
    },
    register: (salt) => this.#register(salt),
    accept: () => (this.bond = acceptBond(this.bond, 1, this.moment) ?? this.bond),
    sweep: () => this.#sweep(),
    release: () => (this.bond = releaseBond(this.bond, this.run, genesis, this.moment) ?? this.bond),
  };

  take({ action, afterHours, salt }: Step): void {
    this.nowMs += afterHours * HOUR_MS;
    const before = this.bond;
    try {
      this.#actions[action](salt);
    } catch (error) {
      assert.ok(error instanceof LedgerError, String(error));
    }
    if (this.bond !== before) assertFollows(before, this.bond, action);
  }

  #register(sequence: number): void {
    if (this.cadence === undefined || this.registered.has(sequence)) return;
    const createdMs = Math.min(modelCheckpointCreatedMs(this.cadence, sequence), this.nowMs);
    const request = { noticeId: this.notice.noticeId, sequence, saltedHash: "ab".repeat(32), createdMs };
    this.registered.set(sequence, registerModelCheckpoint(request, this.cadence, genesis, this.moment));
  }

  #sweep(): void {
    const when = { run: this.run, genesis, nowMs: this.nowMs };
    const read = sequencesToJudge(this.bond, when).filter((sequence) => this.registered.has(sequence));
    const registered = new Map(read.map((sequence) => [sequence, this.registered.get(sequence)!]));
    const { bond, opened, cured, forfeited } = sweepBond(this.bond, { ...when, registered });
    for (const sequence of cured) this.#move(sequence, "open", "cured");
    for (const sequence of forfeited) this.#move(sequence, "open", "forfeited");
    for (const sequence of opened) {
      this.#move(sequence, undefined, "open");
      const trigger = bond.openTriggers.find((open) => open.sequence === sequence);
      this.amounts.set(sequence, BigInt(trigger!.amountMinor));
      assert.notEqual(this.registered.get(sequence)?.late, false, "what came in time is not charged");
    }
    this.bond = bond;
  }

  #move(sequence: number, from: "open" | undefined, to: "open" | "cured" | "forfeited"): void {
    assert.equal(this.triggered.get(sequence), from, `model checkpoint ${sequence} is judged once`);
    this.triggered.set(sequence, to);
  }

  /** What the second book says of all triggers in a state. */
  sum(state: "open" | "cured" | "forfeited"): bigint {
    const sequences = [...this.triggered].filter(([, is]) => is === state).map(([sequence]) => sequence);
    return sequences.reduce((total, sequence) => total + this.amounts.get(sequence)!, 0n);
  }
}

function assertFollows(before: BondDocument, after: BondDocument, action: Step["action"]): void {
  assert.equal(after.rev, before.rev + 1);
  const isBondAction = action === "accept" || action === "sweep" || action === "release";
  assert.ok(isBondAction && bondTransitions[before.status][action]?.includes(after.status), action);
  assert.ok(BigInt(after.forfeitedMinor) >= BigInt(before.forfeitedMinor));
  assert.ok(after.judgedThrough >= before.judgedThrough);
}

function assertConserved(history: History, penalMinor: bigint): void {
  const { bond } = history;
  const [encumbered, forfeited, released] = [
    BigInt(bond.encumberedMinor),
    BigInt(bond.forfeitedMinor),
    BigInt(bond.releasedMinor),
  ];
  assert.deepEqual(bondDocument(bond), bond);
  assert.equal(availableMinor(bond) + encumbered + forfeited + released, penalMinor);
  assert.ok(availableMinor(bond) >= 0n);
  assert.equal(encumbered, history.sum("open"));
  assert.equal(forfeited, history.sum("forfeited"));
  assert.equal(bond.status === "exhausted", forfeited === penalMinor);
  if (bond.status !== "released") assert.equal(released, 0n);
  else assert.deepEqual([availableMinor(bond), encumbered], [0n, 0n]);
}

describe("A bond's money", () => {
  it("is conserved by any history, and no fact costs it twice", () => {
    const penal = fc.bigInt({ min: 25_000_000_000n, max: 10n ** 18n });
    const seen = new Set<string>();
    fc.assert(
      fc.property(penal, fc.array(step, { maxLength: 60 }), (penalMinor, steps) => {
        const history = new History(penalMinor);
        // Half of all histories begin where it gets interesting.
        const beginning = penalMinor % 2n === 0n ? [] : begun;
        for (const each of [...beginning, ...steps]) {
          history.take(each);
          assertConserved(history, penalMinor);
          seen.add(history.bond.status);
        }
        for (const outcome of history.triggered.values()) seen.add(outcome);
      }),
      { numRuns: 500 },
    );
    const everything = ["posted", "active", "exhausted", "released", "open", "cured", "forfeited"];
    assert.deepEqual([...seen].sort(), everything.sort(), "the histories reach every state");
  });

  it("is settled by sweeps that end, after which another one changes nothing", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const history = new History(25_000_000_001n);
        for (const each of [...begun, ...steps]) history.take(each);
        const sweep: Step = { action: "sweep", afterHours: 0, salt: 1 };

        for (let pass = 0; pass < 200; pass++) {
          const before = history.bond;
          history.take(sweep);
          if (history.bond === before) return;
        }
        assert.fail("two hundred sweeps at one time were not enough");
      }),
    );
  });
});

const begun: readonly Step[] = [
  { action: "accept", afterHours: 0, salt: 1 },
  { action: "start", afterHours: 20 * 24, salt: 1 },
  { action: "declare", afterHours: 0, salt: 4 },
];
