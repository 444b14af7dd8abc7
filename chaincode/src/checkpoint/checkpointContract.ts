import {
  type CadenceDocument,
  cadenceRequest,
  type ModelCheckpointDocument,
  type ModelCheckpointRequest,
  modelCheckpointRequest,
  type NoticeId,
  type OperatorId,
  parseNoticeId,
} from "@comity/protocol";
import { Returns, Transaction } from "fabric-contract-api";
import { documentArgument, integerArgument } from "../ledger/argument.ts";
import { assertActsFor, authenticate, authenticateReader, type Caller } from "../ledger/caller.ts";
import { LedgerContext } from "../ledger/ledgerContext.ts";
import { LedgerContract, result } from "../ledger/ledgerContract.ts";
import { LedgerError, required } from "../ledger/ledgerError.ts";
import { revisionAfter } from "../ledger/table.ts";
import { tables } from "../ledger/tables.ts";
import { declareCadence, isSameModelCheckpoint, registerModelCheckpoint } from "./checkpointRules.ts";

/** The salted hashes by which a run's model checkpoints are known, and how often there is to be one. */
export class CheckpointContract extends LedgerContract {
  constructor() {
    super("checkpoint");
  }

  @Transaction()
  @Returns("string")
  async Declare(ctx: LedgerContext, request: string): Promise<string> {
    const caller = await authenticate(ctx, "officer", "operator");
    const wanted = documentArgument(request, cadenceRequest);
    const stored = await ctx.table(tables.notice).find(wanted.noticeId);
    const notice = required(stored, "NOTICE_UNKNOWN", `there is no notice ${wanted.noticeId}`);
    await assertActsForOperator(ctx, caller, notice.operatorId);
    const existing = await ctx.table(tables.cadence).find(wanted.noticeId);
    const cadence = declareCadence(wanted, notice, existing, await ctx.time());
    if (cadence === undefined) return result(existing);
    await ctx.table(tables.cadence).put(cadence, cadence.noticeId);
    ctx.emit("cadence-declared", cadence.noticeId, cadence);
    return result(cadence);
  }

  @Transaction()
  @Returns("string")
  async Register(ctx: LedgerContext, request: string): Promise<string> {
    const caller = await authenticate(ctx, "officer", "operator");
    const wanted = documentArgument(request, modelCheckpointRequest);
    const cadence = await cadenceOf(ctx, wanted.noticeId);
    await assertActsForOperator(ctx, caller, cadence.operatorId);
    const existing = await ctx.table(tables.modelCheckpoint).find(wanted.noticeId, wanted.sequence);
    if (existing !== undefined) {
      if (isSameModelCheckpoint(wanted, existing)) return result(existing);
      throw new LedgerError(
        "MODEL_CHECKPOINT_EXISTS",
        `model checkpoint ${wanted.sequence} of notice ${wanted.noticeId} is registered as another one`,
      );
    }
    await assertUnclaimed(ctx, wanted);
    const { genesis } = ctx.network;
    return result(await store(ctx, registerModelCheckpoint(wanted, cadence, genesis, await ctx.time())));
  }

  @Transaction(false)
  @Returns("string")
  async Read(ctx: LedgerContext, noticeId: string, sequence: string): Promise<string> {
    await authenticateReader(ctx);
    const id = parseNoticeId(noticeId);
    const number = integerArgument(sequence, "the sequence");
    const modelCheckpoint = await ctx.table(tables.modelCheckpoint).find(id, number);
    return result(
      required(modelCheckpoint, "MODEL_CHECKPOINT_UNKNOWN", `notice ${id} has no model checkpoint ${number}`),
    );
  }

  @Transaction(false)
  @Returns("string")
  async ReadCadence(ctx: LedgerContext, noticeId: string): Promise<string> {
    await authenticateReader(ctx);
    return result(await cadenceOf(ctx, parseNoticeId(noticeId)));
  }
}

async function cadenceOf(ctx: LedgerContext, noticeId: NoticeId): Promise<CadenceDocument> {
  return required(
    await ctx.table(tables.cadence).find(noticeId),
    "CADENCE_UNKNOWN",
    `notice ${noticeId} has no declared cadence`,
  );
}

async function assertActsForOperator(
  ctx: LedgerContext,
  caller: Caller,
  operatorId: OperatorId,
): Promise<void> {
  const operator = await ctx.table(tables.operator).find(operatorId);
  assertActsFor(caller, required(operator, "OPERATOR_UNKNOWN", `there is no operator ${operatorId}`));
}

/** A hash stands for one model checkpoint: nobody may show the same weights twice. */
async function assertUnclaimed(ctx: LedgerContext, { saltedHash }: ModelCheckpointRequest): Promise<void> {
  const claim = await ctx.table(tables.saltedHash).find(saltedHash);
  if (claim !== undefined)
    throw new LedgerError("SALTED_HASH_TAKEN", "this salted hash stands for another model checkpoint");
}

async function store(
  ctx: LedgerContext,
  modelCheckpoint: ModelCheckpointDocument,
): Promise<ModelCheckpointDocument> {
  const { noticeId, sequence, saltedHash } = modelCheckpoint;
  await ctx.table(tables.modelCheckpoint).put(modelCheckpoint, noticeId, sequence);
  await ctx.table(tables.saltedHash).put({ ...revisionAfter(), noticeId, sequence }, saltedHash);
  ctx.emit("model-checkpoint-registered", `${noticeId}/${sequence}`, modelCheckpoint);
  return modelCheckpoint;
}
