import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { type Coalition, type LedgerEngineName, startCoalition } from "@comity/cli";
import { findBinaries } from "@comity/fabric";
import type { LedgerClient } from "@comity/ledger";
import { atLeast, valueAtLeast, atMost, type Figure, median, ratioAtMost } from "../figures.ts";
import { addYardstick } from "./addYardstick.ts";
import { type Pace, paceOf } from "./closedLoop.ts";
import { fileNotice, prepareFiling } from "./filing.ts";

const rounds = 3;
const measuredMs = 6_000;
const callersAtOnce = [1, 16, 64] as const;
const valueBytes = 200;
const { FABRIC_BIN, PATH } = process.env;
const search = { FABRIC_BIN, PATH };

interface Paces {
  readonly callers: number;
  readonly filing: Pace;
  readonly put: Pace;
}

/** A filed notice against a plain put on the same network, in turns: on either ledger, or on the one that a word names. */
export async function ledger(): Promise<Figure[]> {
  const word = process.argv[3] ?? "";
  const engines = (["embedded", "fabric"] as const).filter((name) => name.includes(word));
  if (engines.length === 0) throw new RangeError(`no ledger is named ${word}`);
  if (engines.includes("fabric")) await findBinaries(search); // or the embedded one's figures are lost
  const figures: Figure[] = [];
  for (const engine of engines) figures.push(...(await onEngine(engine)));
  return figures;
}

async function onEngine(engine: LedgerEngineName): Promise<Figure[]> {
  const dataDir = mkdtempSync(join(tmpdir(), "comity-bench-"));
  const coalition = await startCoalition(
    { dataDir, ledger: engine, ledgerOnly: true },
    {
      onEvent: () => undefined,
      now: Date.now,
      search,
      sleep: (ms, signal) => pause(ms, undefined, { signal }),
    },
  );
  try {
    await coalition.ready();
    const paces = await measure(coalition);
    return [
      ...paceFigures(engine, paces),
      ...(engine === "embedded" ? await embeddedFigures(coalition, paces) : []),
    ];
  } finally {
    await coalition.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function measure(coalition: Coalition): Promise<Paces[]> {
  const yardstick = await addYardstick(coalition);
  try {
    const officer = coalition.ledger("xa", "officer");
    await prepareFiling(officer, "xa");
    const paces: Paces[] = [];
    for (let round = 0; round < rounds; round++) {
      for (const callers of callersAtOnce) {
        const put = await paceOf(() => putOnce(yardstick), callers, measuredMs);
        const filing = await paceOf(() => fileNotice(officer), callers, measuredMs);
        paces.push({ callers, filing, put });
      }
    }
    return paces;
  } finally {
    yardstick.close();
  }
}

function putOnce(yardstick: LedgerClient): Promise<unknown> {
  return yardstick.submit("put", randomBytes(16).toString("hex"), "v".repeat(valueBytes));
}

function paceFigures(engine: LedgerEngineName, paces: readonly Paces[]): Figure[] {
  return callersAtOnce.flatMap((callers) => {
    const own = paces.filter((each) => each.callers === callers);
    const what = `${engine}, ${callers} at once: `;
    const latency = median(own.map(({ filing, put }) => filing.p50Ms / put.p50Ms));
    const slower = ratioAtMost(`${what}filing's median time`, latency, callers === 1 ? 1.1 : 1.5);
    if (callers === 1) return [slower];
    const share = median(own.map(({ filing, put }) => filing.rate / put.rate));
    const throughput = atLeast(`${what}filings for each put`, share, 0.65);
    return [throughput, slower];
  });
}

/** What is wanted of the embedded ledger itself, whatever the machine. */
async function embeddedFigures(coalition: Coalition, paces: readonly Paces[]): Promise<Figure[]> {
  const rates = callersAtOnce.map((callers) =>
    median(paces.filter((each) => each.callers === callers).map(({ filing }) => filing.rate)),
  );
  const filings = valueAtLeast("embedded: filings", Math.max(...rates), 80, "/s");
  return [filings, atMost("embedded: ready after its start", await startMs(coalition), 1_000, "ms")];
}

async function startMs(coalition: Coalition): Promise<number> {
  await coalition.kill("ledger");
  const ready = Promise.withResolvers<number>();
  coalition.listen((process, { event }) => {
    if (process === "ledger" && event === "ready") ready.resolve(performance.now());
  });
  const startedMs = performance.now();
  await coalition.restart("ledger");
  return (await ready.promise) - startedMs;
}
