import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  canonicalString,
  DAY_MS,
  DecodeError,
  type NoticeDocument,
  noticeDocument,
  type NoticeRequest,
  noticeRequest,
  policyTime,
  siteDocument,
} from "@comity/protocol";
import { CliError } from "../cliError.ts";
import { memberOf } from "../coalition/networkFile.ts";
import { readAll } from "../ledgerPages.ts";
import { table } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import { ulid } from "../ulid.ts";
import { asOfficer, firstMember, type Found, findNetwork } from "./network.ts";
import { flop } from "./verify.ts";

export interface NoticeFileOptions {
  readonly dataDir: string;
  readonly member?: string;
}

/** Files a Model Run Notice as the officer of the member that supervises its first facility. */
export async function fileNotice(
  file: string,
  options: NoticeFileOptions,
  out: Terminal,
  nowMs: number,
): Promise<void> {
  const found = findNetwork(options.dataDir);
  const request = readNotice(file, policyTime(found.genesis.clock, nowMs), nowMs);
  const memberId = options.member ?? (await supervisor(found, request));
  const notice = await asOfficer(found, memberOf(found.network, memberId), async (ledger) => {
    const { result } = await ledger.submit("notice:File", canonicalString(request));
    return noticeDocument(JSON.parse(Buffer.from(result).toString()));
  });
  const lateness = notice.late ? " It is late: less than the rulebook's lead time before the start." : "";
  out.result(notice, [
    `Filed notice ${notice.noticeId}: ${notice.developer}, ${notice.model.name}, ` +
      `${flop(notice.compute.cumulativeFlop)} FLOP.${lateness}`,
  ]);
}

async function supervisor(found: Found, { facilities }: NoticeRequest): Promise<string> {
  const [first = ""] = facilities;
  return asOfficer(found, firstMember(found), async (ledger) => {
    const site = await ledger.evaluate("facility:ReadSite", first);
    return siteDocument(JSON.parse(Buffer.from(site).toString())).memberId;
  });
}

/**
 * A notice as on the ledger. What a file cannot know may be left out or said otherwise: `noticeId` is drawn, and
 * `startInDays` and `lastsDays`, in policy time, stand for the two dates.
 */
function readNotice(file: string, policyNowMs: number, nowMs: number): NoticeRequest {
  const { startInDays, lastsDays, ...rest } = readObject(file);
  const dates: Record<string, unknown> = {};
  if (typeof startInDays === "number" && typeof lastsDays === "number") {
    dates["plannedStartMs"] = policyNowMs + Math.round(startInDays * DAY_MS);
    dates["plannedEndMs"] = policyNowMs + Math.round((startInDays + lastsDays) * DAY_MS);
  }
  try {
    return noticeRequest({ noticeId: ulid(nowMs, randomBytes(10)), ...dates, ...rest });
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause;
    throw new CliError("DOCUMENT_WRONG", `${file} is no notice: ${cause.message}.`, { cause });
  }
}

function readObject(file: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch (cause) {
    throw new CliError("FILE_UNREADABLE", `${file} cannot be read as JSON.`, { cause });
  }
  throw new CliError("DOCUMENT_WRONG", `${file} must hold one JSON object.`);
}

export async function listNotices(dataDir: string, out: Terminal): Promise<void> {
  const found = findNetwork(dataDir);
  const notices = await asOfficer(found, firstMember(found), (ledger) =>
    readAll(ledger, "notice:List", noticeDocument),
  );
  out.result({ notices }, [
    ...table(["notice", "status", "developer", "model", "FLOP", "start"], notices.map(row)),
  ]);
}

function row(notice: NoticeDocument): string[] {
  const start = new Date(notice.plannedStartMs).toISOString().slice(0, 10);
  const status = notice.late ? `${notice.status}, late` : notice.status;
  const size = flop(notice.compute.cumulativeFlop);
  return [notice.noticeId, status, notice.developer, notice.model.name, size, start];
}
