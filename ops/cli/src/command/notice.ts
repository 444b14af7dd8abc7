import { readAll } from "@comity/ledger";
import { randomBytes } from "node:crypto";
import {
  canonicalString,
  DAY_MS,
  type NoticeDocument,
  noticeDocument,
  type NoticeRequest,
  noticeRequest,
  policyTime,
} from "@comity/protocol";
import { memberOf } from "../coalition/networkFile.ts";
import { table } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import { ulid } from "../ulid.ts";
import { documentOf, readObject } from "./documentFile.ts";
import { asOfficer, firstMember, findNetwork, memberOfSite } from "./network.ts";
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
  const memberId = options.member ?? (await memberOfSite(found, request.facilities));
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
  const drawn = { noticeId: ulid(nowMs, randomBytes(10)) };
  return documentOf(noticeRequest, { ...drawn, ...dates, ...rest }, `${file} is no notice`);
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
