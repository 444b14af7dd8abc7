import {
  decimal,
  type LedgerEventType,
  noticeAmendment,
  type NoticeDocument,
  noticeRequest,
  parseNoticeId,
  penaltyCeiling,
  penaltyFigures,
  withdrawalReason,
} from "@comity/protocol";
import { Returns, Transaction } from "fabric-contract-api";
import { documentArgument, integerArgument, pageSizeArgument } from "../ledger/argument.ts";
import { assertActsFor, authenticate, authenticateReader, type Caller } from "../ledger/caller.ts";
import { LedgerContext } from "../ledger/ledgerContext.ts";
import { LedgerContract, result } from "../ledger/ledgerContract.ts";
import { LedgerError, required } from "../ledger/ledgerError.ts";
import { sortableTime } from "../ledger/orderedIndex.ts";
import { tables } from "../ledger/tables.ts";
import {
  amendNotice,
  completeNotice,
  fileNotice,
  isSameFiling,
  type NoticeCircumstances,
  startNotice,
  withdrawNotice,
} from "./noticeRules.ts";

const MAX_TURNOVER_MINOR = 10n ** 20n;
const noticeTables = { current: tables.notice, superseded: tables.noticeRevision };

/** Model Run Notices. */
export class NoticeContract extends LedgerContract {
  constructor() {
    super("notice");
  }

  @Transaction()
  @Returns("string")
  async File(ctx: LedgerContext, request: string): Promise<string> {
    const caller = await authenticate(ctx, "officer", "operator");
    const wanted = documentArgument(request, noticeRequest);
    const circumstances = await circumstancesOf(ctx, caller, wanted.operatorId);
    const existing = await ctx.table(tables.notice).find(wanted.noticeId);
    if (existing !== undefined) {
      const original = existing.rev === 1 ? existing : await revisionOf(ctx, wanted.noticeId, 1);
      if (isSameFiling(wanted, original)) return result(existing);
      throw new LedgerError(
        "NOTICE_EXISTS",
        `notice ${wanted.noticeId} says something else: use a new id or amend it`,
      );
    }
    const notice = fileNotice(wanted, circumstances);
    await ctx.index("notice").add(sortableTime(notice.filedMs), notice.noticeId);
    return result(await store(ctx, "notice-filed", notice, undefined));
  }

  @Transaction()
  @Returns("string")
  async Amend(ctx: LedgerContext, noticeId: string, amendment: string): Promise<string> {
    const changes = documentArgument(amendment, noticeAmendment);
    const { notice, circumstances } = await loadForChange(ctx, noticeId);
    const amended = amendNotice(notice, changes, circumstances);
    return result(amended === undefined ? notice : await store(ctx, "notice-amended", amended, notice));
  }

  @Transaction()
  @Returns("string")
  async Withdraw(ctx: LedgerContext, noticeId: string, reason: string): Promise<string> {
    const why = withdrawalReason(reason, "the reason");
    const { notice, circumstances } = await loadForChange(ctx, noticeId);
    if (notice.status === "withdrawn" && notice.reason === why) return result(notice);
    return result(await store(ctx, "notice-withdrawn", withdrawNotice(notice, why, circumstances), notice));
  }

  @Transaction()
  @Returns("string")
  async Start(ctx: LedgerContext, noticeId: string): Promise<string> {
    const { notice, circumstances } = await loadForChange(ctx, noticeId);
    if (notice.status === "started") return result(notice);
    return result(await store(ctx, "notice-started", startNotice(notice, circumstances), notice));
  }

  @Transaction()
  @Returns("string")
  async Complete(ctx: LedgerContext, noticeId: string): Promise<string> {
    const { notice, circumstances } = await loadForChange(ctx, noticeId);
    if (notice.status === "completed") return result(notice);
    return result(await store(ctx, "notice-completed", completeNotice(notice, circumstances), notice));
  }

  @Transaction(false)
  @Returns("string")
  async Read(ctx: LedgerContext, noticeId: string): Promise<string> {
    await authenticateReader(ctx);
    return result(await noticeOf(ctx, parseNoticeId(noticeId)));
  }

  @Transaction(false)
  @Returns("string")
  async ReadRevision(ctx: LedgerContext, noticeId: string, rev: string): Promise<string> {
    await authenticateReader(ctx);
    return result(await revisionOf(ctx, parseNoticeId(noticeId), integerArgument(rev, "the revision")));
  }

  @Transaction(false)
  @Returns("string")
  async List(ctx: LedgerContext, pageSize: string, bookmark: string): Promise<string> {
    await authenticateReader(ctx);
    const page = await ctx.index("notice").list({ pageSize: pageSizeArgument(pageSize), bookmark });
    const items = await Promise.all(page.items.map((noticeId) => noticeOf(ctx, noticeId)));
    return result({ items, bookmark: page.bookmark });
  }

  @Transaction(false)
  @Returns("string")
  async PenaltyCeiling(ctx: LedgerContext, turnoverMinor: string): Promise<string> {
    await authenticateReader(ctx);
    const turnover = BigInt(decimal(MAX_TURNOVER_MINOR)(turnoverMinor, "the turnover"));
    return result(penaltyCeiling(penaltyFigures(ctx.network.genesis), turnover));
  }
}

async function noticeOf(ctx: LedgerContext, noticeId: string): Promise<NoticeDocument> {
  return required(
    await ctx.table(tables.notice).find(noticeId),
    "NOTICE_UNKNOWN",
    `there is no notice ${noticeId}`,
  );
}

async function revisionOf(ctx: LedgerContext, noticeId: string, rev: number): Promise<NoticeDocument> {
  const revision = await ctx.revisions(noticeTables).find(noticeId, rev);
  return required(revision, "NOTICE_REVISION_UNKNOWN", `notice ${noticeId} has no revision ${rev}`);
}

/** Who may file for an operator: itself, and the officers of its member. */
async function circumstancesOf(
  ctx: LedgerContext,
  caller: Caller,
  operatorId: string,
): Promise<NoticeCircumstances> {
  const stored = await ctx.table(tables.operator).find(operatorId);
  const operator = required(stored, "OPERATOR_UNKNOWN", `there is no operator ${operatorId}`);
  assertActsFor(caller, operator);
  const { genesis } = ctx.network;
  const time = { ...(await ctx.time()), isDegraded: await ctx.isDegraded() };
  return { genesis, operator, time };
}

async function loadForChange(
  ctx: LedgerContext,
  noticeId: string,
): Promise<{ notice: NoticeDocument; circumstances: NoticeCircumstances }> {
  const caller = await authenticate(ctx, "officer", "operator");
  const notice = await noticeOf(ctx, parseNoticeId(noticeId));
  return { notice, circumstances: await circumstancesOf(ctx, caller, notice.operatorId) };
}

async function store(
  ctx: LedgerContext,
  type: LedgerEventType,
  notice: NoticeDocument,
  previous: NoticeDocument | undefined,
): Promise<NoticeDocument> {
  await ctx.revisions(noticeTables).put(notice, previous, notice.noticeId);
  ctx.emit(type, notice.noticeId, notice);
  return notice;
}
