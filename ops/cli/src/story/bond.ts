import { createHash, randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { LedgerClient } from "@comity/ledger";
import {
  availableMinor,
  type BondDocument,
  bondDocument,
  bondId,
  type BondTrigger,
  type CadenceDocument,
  cadenceDocument,
  canonicalString,
  type Decoded,
  type Decoder,
  figure,
  hex,
  modelCheckpointCreatedMs,
  object,
  quorumOf,
  sweepResult,
} from "@comity/protocol";
import { CliError } from "../cliError.ts";
import { policyDay } from "../command/bondView.ts";
import { dollars } from "../command/money.ts";
import type { KeyPairFiles } from "@comity/fabric";
import { ulid } from "../ulid.ts";
import { keep } from "./plan.ts";
import { type Stage, untilPolicyTime } from "./stage.ts";

export type BondStage = Pick<Stage, "coalition" | "deps" | "genesis">;

/** A run whose notice is on the ledger, with its operator's certificate and key. */
export interface BondedRun {
  readonly noticeId: string;
  readonly memberId: string;
  readonly operatorId: string;
  readonly operatorName: string;
  readonly operator: KeyPairFiles;
}

export interface BondOutcome {
  readonly id: string;
  readonly status: BondDocument["status"];
  readonly penalMinor: string;
  readonly forfeitedMinor: string;
  readonly availableMinor: string;
}

const plannedBond = object({ bondId, salt: hex(32) });
type PlannedBond = Decoded<typeof plannedBond>;

const cadenceHours = 24;
/** The model checkpoint that never comes. Those before and after it come in time. */
const missed = 2;

/** An operator pledges a bond for its run, a surety accepts it, and a missed model checkpoint costs part of it. Repeats change nothing. */
export async function playBond(stage: BondStage, run: BondedRun): Promise<BondOutcome> {
  await insureRun(stage, run);
  return missModelCheckpoint(stage, run);
}

/** Admits the surety and puts the bond in force. It needs the run's notice, but no started run. */
export async function insureRun(stage: BondStage, run: BondedRun): Promise<void> {
  const { coalition, deps, genesis } = stage;
  const [surety] = coalition.network.sureties;
  if (surety === undefined) throw new TypeError("a local coalition has a surety");
  const voters = coalition.network.members.slice(0, quorumOf(genesis.members.length));
  for (const { memberId } of voters)
    await coalition
      .ledger(memberId, "officer")
      .submitIdempotent("coalition:ProposeSurety", canonicalString(surety));
  deps.say(
    `${voters.length} members' officers admit ${surety.name}, an insurer with an authority of its own.`,
  );
  const { bondId: id } = planBond(stage);
  const request = {
    bondId: id,
    principal: run.operatorId,
    surety: surety.suretyId,
    penalMinor: figure(genesis, "bondMinimumCents").toString(),
    currency: "USD",
    noticeId: run.noticeId,
  };
  await operatorOf(stage, run).submitIdempotent("bond:Post", canonicalString(request));
  await coalition.suretyLedger(surety.suretyId).submitIdempotent("bond:Accept", id, "1");
  deps.say(
    `${run.operatorName} posts a bond of ${dollars(request.penalMinor)} for a run, and ${surety.name} accepts it in a transaction of its own.`,
  );
}

/** From here on the run must have started. Every day it registers a model checkpoint, but for one. */
export async function missModelCheckpoint(stage: BondStage, run: BondedRun): Promise<BondOutcome> {
  const declaration = canonicalString({ noticeId: run.noticeId, cadenceHours });
  const declared = await operatorOf(stage, run).submitIdempotent("checkpoint:Declare", declaration);
  const cadence = decoded(cadenceDocument, declared.result);
  stage.deps.say(
    `${run.operatorName} declares a model checkpoint every ${cadenceHours} hours, and registers the first.`,
  );
  await trainThroughCureWindow(stage, run, cadence);
  const { suretyId } = stage.coalition.network.sureties[0] ?? { suretyId: "" };
  const bond = await settle(stage, stage.coalition.suretyLedger(suretyId));
  if (bond.forfeitedMinor === "0")
    throw new CliError(
      "STORY_STEP",
      `Bond ${bond.bondId} lost nothing by a model checkpoint that never came.`,
    );
  const outcome = outcomeOf(bond);
  stage.deps.say(
    `The cure window is over: ${dollars(outcome.forfeitedMinor)} of the bond are forfeited, ${dollars(outcome.availableMinor)} are left.`,
  );
  return outcome;
}

/** The story's bond as the ledger has it now, for a second start. */
export async function readStoryBond(stage: BondStage): Promise<BondOutcome> {
  const [first] = stage.coalition.network.members;
  const ledger = stage.coalition.ledger(first?.memberId ?? "", "officer");
  return outcomeOf(decoded(bondDocument, await ledger.evaluate("bond:Read", planBond(stage).bondId)));
}

async function trainThroughCureWindow(
  stage: BondStage,
  run: BondedRun,
  cadence: CadenceDocument,
): Promise<void> {
  let trigger: BondTrigger | undefined;
  for (let sequence = 1; ; sequence++) {
    const createdMs = modelCheckpointCreatedMs(cadence, sequence);
    await untilPolicyTime(stage, createdMs);
    if (trigger !== undefined && createdMs > trigger.cureByMs) return;
    if (sequence !== missed) await register(stage, run, sequence, createdMs);
    if (sequence > missed) trigger ??= await sweepForTrigger(stage);
  }
}

async function register(
  stage: BondStage,
  run: BondedRun,
  sequence: number,
  createdMs: number,
): Promise<void> {
  const saltedHash = createHash("sha256")
    .update(`${planBond(stage).salt}/${sequence}`)
    .digest("hex");
  const request = canonicalString({ noticeId: run.noticeId, sequence, saltedHash, createdMs });
  await operatorOf(stage, run).submitIdempotent("checkpoint:Register", request);
}

/** Anybody may sweep: here it is an officer of the last member, who has nothing to do with the run. */
async function sweepForTrigger(stage: BondStage): Promise<BondTrigger | undefined> {
  const { coalition, deps } = stage;
  const bond = await sweep(
    stage,
    coalition.ledger(coalition.network.members.at(-1)?.memberId ?? "", "officer"),
  );
  const trigger = bond.openTriggers.find(({ sequence }) => sequence === missed);
  if (trigger !== undefined) {
    deps.say(
      `Model checkpoint ${missed} was not registered in time: a sweep encumbers ${dollars(trigger.amountMinor)}, ` +
        `to be cured by ${policyDay(trigger.cureByMs)}.`,
    );
  }
  return trigger;
}

/** On a busy machine a registration may have come late: the sweep after the next finds that cured. */
async function settle(stage: BondStage, ledger: LedgerClient): Promise<BondDocument> {
  const bond = await sweep(stage, ledger);
  return bond.openTriggers.length === 0 ? bond : sweep(stage, ledger);
}

async function sweep(stage: BondStage, ledger: LedgerClient): Promise<BondDocument> {
  const ids = canonicalString([planBond(stage).bondId]);
  const { swept } = decoded(sweepResult, (await ledger.submitIdempotent("bond:SweepDue", ids)).result);
  const [first] = swept;
  if (first === undefined) throw new TypeError("a sweep answers for each bond");
  return first.bond;
}

function planBond({ coalition, deps }: BondStage): PlannedBond {
  const { story } = coalition.layout;
  mkdirSync(story, { recursive: true, mode: 0o700 });
  return keep(join(story, "bond.json"), plannedBond, () => {
    return { bondId: ulid(deps.now(), randomBytes(10)), salt: randomBytes(32).toString("hex") };
  });
}

function operatorOf({ coalition }: BondStage, { memberId, operator }: BondedRun): LedgerClient {
  return coalition.ledger(memberId, operator);
}

function outcomeOf(bond: BondDocument): BondOutcome {
  const { bondId: id, status, penalMinor, forfeitedMinor } = bond;
  return { id, status, penalMinor, forfeitedMinor, availableMinor: availableMinor(bond).toString() };
}

function decoded<T>(decode: Decoder<T>, bytes: Uint8Array): T {
  return decode(JSON.parse(Buffer.from(bytes).toString()));
}
