import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type BondOutcome, playBond } from "@comity/cli";
import { LedgerError } from "@comity/ledger";
import { comity } from "./cli.ts";
import { sharedCoalition } from "./sharedCoalition.ts";
import { newNoticeId, noticeText } from "./testNotice.ts";
import { enrolTestSite, type TestSite } from "./testSite.ts";

const example = fileURLToPath(import.meta.resolve("@comity/ledger")).replace(
  /src\/index\.js$/,
  "example/readBond.js",
);

interface BondAnswer {
  readonly id: string;
  readonly status: string;
  readonly penal: { readonly amountMinor: string; readonly currency: string };
  readonly forfeited: { readonly amountMinor: string };
  readonly available: { readonly amountMinor: string };
}

describe("A bond of a run that misses a model checkpoint", function () {
  this.timeout(120_000);
  const shared = sharedCoalition();
  const said: string[] = [];
  let site: TestSite;
  let noticeId: string;
  let outcome: BondOutcome;

  before(async () => {
    const { coalition, genesis } = shared();
    site = await enrolTestSite(shared(), { member: 2 });
    noticeId = newNoticeId();
    const operator = coalition.ledger(site.memberId, site.operator);
    await operator.submit("notice:File", noticeText(genesis, site, noticeId));
    await operator.submit("notice:Start", noticeId);
    const deps = {
      now: Date.now,
      sleep: (ms: number, signal: AbortSignal) => pause(ms, undefined, { signal }),
      say: (sentence: string) => said.push(sentence),
      signal: new AbortController().signal,
    };
    const { memberId, operatorId } = site;
    const run = { noticeId, memberId, operatorId, operatorName: "Example Compute", operator: site.operator };
    outcome = await playBond({ coalition, genesis, deps }, run);
  });

  async function json<T>(...args: string[]): Promise<T> {
    const { root } = shared().coalition.layout;
    const { stdout, stderr } = await comity(...args, "--json", "--data-dir", root);
    assert.ok(stdout !== "", stderr);
    return JSON.parse(stdout) as T;
  }

  it("costs part of it, and the rest is left", () => {
    assert.equal(outcome.status, "active");
    assert.equal(outcome.penalMinor, "25000000000");
    assert.ok(BigInt(outcome.forfeitedMinor) >= 1_250_000_000n);
    assert.equal(BigInt(outcome.availableMinor) + BigInt(outcome.forfeitedMinor), 25_000_000_000n);
    assert.ok(said.some((sentence) => sentence.includes("accepts it in a transaction of its own")));
  });

  it("reads the same from chaincode with the surety's own Fabric identity", async () => {
    const { coalition } = shared();
    const access = coalition.layout.suretyAccess("harbour-vale");

    const { stdout } = await promisify(execFile)(process.execPath, [example, access, outcome.id]);

    const { bondId, forfeitedMinor, availableMinor } = JSON.parse(stdout) as Record<string, string>;
    const { id } = outcome;
    assert.deepEqual(
      { id: bondId, forfeitedMinor, availableMinor },
      { id, forfeitedMinor: outcome.forfeitedMinor, availableMinor: outcome.availableMinor },
    );
  });

  it("reads the same on the command line", async () => {
    const { status, forfeited, available } = await json<BondAnswer>("bond", "status", outcome.id);

    assert.deepEqual(
      [status, forfeited.amountMinor, available.amountMinor],
      [outcome.status, outcome.forfeitedMinor, outcome.availableMinor],
    );
  });

  it("leaves a surety's certificate without any voice but about its own bonds", async () => {
    const surety = shared().coalition.suretyLedger("harbour-vale");
    const codes = ["notice:Start", "bond:Post", "coalition:ProposeSurety"].map((transaction) =>
      surety.submit(transaction, noticeId).then(
        () => "accepted",
        (error: unknown) => (error instanceof LedgerError ? error.code : String(error)),
      ),
    );

    assert.deepEqual(await Promise.all(codes), ["CALLER_ROLE", "CALLER_ROLE", "CALLER_ROLE"]);
  });

  it("has a second one posted, accepted and swept on the command line alone, and each refusal there its code", async () => {
    const { layout } = shared().coalition;
    const posted = await json<BondAnswer>("bond", "post", bondFile(layout.root), "--notice", noticeId);
    assert.equal(posted.status, "posted");
    const accepted = await json<BondAnswer>("bond", "accept", posted.id);
    assert.equal(accepted.status, "active");
    const { swept } = await json<{ swept: BondAnswer[] }>("bond", "sweep", posted.id);
    assert.deepEqual(
      swept.map(({ id }) => id),
      [posted.id],
    );
    const early = await json<{ error: { code: string } }>("bond", "release", posted.id);
    assert.equal(early.error.code, "BOND_NOTICE");
    const late = await json<{ error: { code: string } }>(
      ...["checkpoint", "declare", noticeId, "--cadence-hours", "48"],
    );
    assert.equal(late.error.code, "CADENCE_EXISTS");
    const registered = await json<{ late: boolean }>(
      ...["checkpoint", "register", noticeId, "2", "--salted-hash", "ab".repeat(32)],
    );
    assert.equal(registered.late, true);
  });

  function bondFile(directory: string): string {
    const file = join(directory, "bond.json");
    const bond = { principal: site.operatorId, surety: "harbour-vale", penalMinor: "25000000000" };
    writeFileSync(file, JSON.stringify(bond));
    return file;
  }
});
