import {
  type AlertDocument,
  alertIdOf,
  alertRequest,
  type AlertSlot,
  type AlertStatement,
  parseAlertId,
  type StoredAlert,
} from "@comity/protocol";
import { Returns, Transaction } from "fabric-contract-api";
import { documentArgument, pageSizeArgument } from "../ledger/argument.ts";
import { bls } from "../ledger/bls.ts";
import { authenticate, authenticateReader } from "../ledger/caller.ts";
import { recordInForce } from "../ledger/groupKey.ts";
import { LedgerContext } from "../ledger/ledgerContext.ts";
import { LedgerContract, result } from "../ledger/ledgerContract.ts";
import { required } from "../ledger/ledgerError.ts";
import { sortableTime } from "../ledger/orderedIndex.ts";
import { type KeyParts, revisionAfter } from "../ledger/table.ts";
import { tables } from "../ledger/tables.ts";
import { assertReplaces, isGreater, validateStatement, verifyAlert } from "./alertRules.ts";

/** What the coalition asserts about undeclared training. */
export class AlertContract extends LedgerContract {
  constructor() {
    super("alert");
  }

  @Transaction()
  @Returns("string")
  async File(ctx: LedgerContext, request: string): Promise<string> {
    await authenticate(ctx, "node");
    const wanted = documentArgument(request, alertRequest);
    const { statement } = wanted;
    const alertId = alertIdOf(statement);
    const slot = await ctx.table(tables.alertSlot).find(...slotOf(statement));
    if (slot !== undefined && (await isFiled(ctx, statement, slot))) return result({ alertId });
    const network = ctx.network;
    validateStatement(statement, await ctx.table(tables.site).find(statement.subject.siteId), network);
    const record = required(
      await recordInForce(ctx, wanted.keyEpoch),
      "ALERT_EPOCH",
      `key epoch ${wanted.keyEpoch} is not one of the key in force`,
    );
    const digest = verifyAlert(wanted, record, network, bls);
    assertReplaces(statement, slot, network.genesis);
    const { policyMs: filedMs } = await ctx.time();
    const alert: StoredAlert = {
      ...revisionAfter(),
      alertId,
      ...wanted,
      digest,
      filedMs,
      ...(slot && { supersedes: slot.alertId }),
    };
    await this.#store(ctx, alert, slot);
    return result({ alertId });
  }

  @Transaction(false)
  @Returns("string")
  async Read(ctx: LedgerContext, alertId: string): Promise<string> {
    await authenticateReader(ctx);
    return result(await readAlert(ctx, parseAlertId(alertId)));
  }

  @Transaction(false)
  @Returns("string")
  async List(ctx: LedgerContext, pageSize: string, bookmark: string): Promise<string> {
    await authenticateReader(ctx);
    const page = await ctx.index("alert").list({ pageSize: pageSizeArgument(pageSize), bookmark });
    const items = await Promise.all(page.items.map((alertId) => readAlert(ctx, alertId)));
    return result({ items, bookmark: page.bookmark });
  }

  async #store(ctx: LedgerContext, alert: StoredAlert, slot: AlertSlot | undefined): Promise<void> {
    const { alertId, statement } = alert;
    const next = { ...revisionAfter(slot), alertId, flopAtLeast: statement.flopAtLeast };
    await ctx.table(tables.alert).put(alert, alertId);
    await ctx.table(tables.alertSlot).put(next, ...slotOf(statement));
    await ctx.index("alert").add(sortableTime(alert.filedMs), alertId);
    ctx.emit("alert-opened", alertId, alert);
  }
}

/** One alert per subject, kind and window. */
function slotOf({ subject, kind, window }: AlertStatement): KeyParts {
  return [subject.siteId, kind, window.startMs];
}

/**
 * Repeats change nothing, whoever brings them and whatever has superseded the alert since. Bounds of a slot only grow, so that one above
 * the last has not been there yet.
 */
async function isFiled(ctx: LedgerContext, statement: AlertStatement, slot: AlertSlot): Promise<boolean> {
  const alertId = alertIdOf(statement);
  if (slot.alertId === alertId) return true;
  if (isGreater(statement, slot)) return false;
  return (await ctx.table(tables.alert).find(alertId)) !== undefined;
}

async function readAlert(ctx: LedgerContext, alertId: string): Promise<AlertDocument> {
  const alert = required(
    await ctx.table(tables.alert).find(alertId),
    "ALERT_UNKNOWN",
    `there is no alert ${alertId}`,
  );
  const slot = await ctx.table(tables.alertSlot).find(...slotOf(alert.statement));
  return { ...alert, status: slot?.alertId === alertId ? "open" : "superseded" };
}
