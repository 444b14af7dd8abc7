import assert from "node:assert/strict";
import { accelerators, acceleratorOf, DAY_MS, MAX_PEAK_FLOPS } from "@comity/protocol";
import { decimalOf, planRuns, planSites } from "../../src/story/plan.ts";
import { publishedRuns } from "../../src/story/publishedRuns.ts";
import { acceleratorsOf } from "../../src/story/enrol.ts";
import { acceleratorsPerHost, hostsPerSite, storySites } from "../../src/story/sites.ts";
import { scratchDirectories } from "../scratch.ts";

describe("The story's tables", () => {
  it("hold at least twenty published runs above the reporting threshold, each with its source", () => {
    assert.ok(publishedRuns.length >= 20);
    for (const run of publishedRuns) {
      assert.ok(BigInt(decimalOf(run.flop)) > 10n ** 24n, run.model);
      assert.match(run.source, /^https:\/\/\S+$/);
      assert.match(run.date, /^\d{4}-\d{2}-\d{2}$/);
    }
  });

  it("hold at least twelve accelerators that may be enrolled", () => {
    assert.ok(accelerators.length >= 12);
    for (const { model, peakFlops, idleW, tdpW, source } of accelerators) {
      assert.ok(peakFlops > 10n ** 13n && peakFlops <= MAX_PEAK_FLOPS, model);
      assert.ok(idleW < tdpW, model);
      assert.match(source, /^https:\/\/\S+$/);
    }
  });

  it("have three sites in different members with at least 512 known accelerators each, one of them undeclared", () => {
    assert.equal(new Set(storySites.map(({ member }) => member)).size, 3);
    assert.ok(hostsPerSite * acceleratorsPerHost >= 512);
    assert.equal(storySites.filter(({ isDeclared }) => !isDeclared).length, 1);
    for (const { model } of storySites) assert.notEqual(acceleratorOf(model), undefined, model);
  });

  it("give every accelerator a serial of its own", () => {
    const serials = storySites.flatMap((site) =>
      Array.from({ length: hostsPerSite }, (_, host) => acceleratorsOf(site, host)).flat(),
    );

    assert.equal(new Set(serials.map(({ serial }) => serial)).size, storySites.length * 512);
    for (const { serial } of serials) assert.match(serial, /^[A-Z0-9-]{1,24}$/);
  });
});

describe("The story's plan", () => {
  const scratch = scratchDirectories();
  const nowMs = 1_760_000_000_000;

  it("files every notice at least fourteen days before its start", () => {
    const plan = planRuns(scratch(), nowMs, nowMs);

    assert.equal(plan.notices.length, publishedRuns.length);
    for (const notice of plan.notices) assert.ok(notice.plannedStartMs - nowMs >= 14 * DAY_MS);
    assert.equal(Math.min(...plan.notices.map((notice) => notice.plannedStartMs)), plan.trainingFromMs);
  });

  it("is read back as it was drawn, and not drawn again", () => {
    const directory = scratch();

    const sites = planSites(directory);
    const runs = planRuns(directory, nowMs, nowMs);

    assert.deepEqual(planSites(directory), sites);
    assert.deepEqual(planRuns(directory, nowMs + DAY_MS, nowMs + 1_000), runs);
    assert.equal(new Set(sites.flatMap(({ hosts }) => hosts.map(({ hostId }) => hostId))).size, 192);
  });
});

describe("decimalOf", () => {
  it("writes a power of ten out exactly", () => {
    assert.equal(decimalOf("1.52e24"), "1520000000000000000000000");
    assert.equal(decimalOf("4e2"), "400");
  });
});
