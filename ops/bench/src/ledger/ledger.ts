import { randomBytes } from "node:crypto";
import type { Coalition, LedgerEngineName } from "@comity/cli";
import { findBinaries } from "@comity/fabric";
import type { LedgerClient } from "@comity/ledger";
import { chosenBy } from "../chosen.ts";
import { atLeast, atMost, type Figure, median, ratioAtMost, valueAtLeast } from "../figures.ts";
import { search, withLedger } from "../withLedger.ts";
import { addYardstick } from "./addYardstick.ts";
import { type Pace, paceOf } from "./closedLoop.ts";
import { fileNotice, prepareFiling } from "./filing.ts";

const rounds = 3;
const measuredMs = 6_000;
const callersAtOnce = [1, 16, 64] as const;
const valueBytes = 200;

interface Paces {
  readonly callers: number;
  readonly filing: Pace;
  readonly put: Pace;
}

/** A filed notice against a plain put on the same network, in turns: on either ledger, or on the one that a word names. */
export async function ledger(word: string): Promise<Figure[]> {
  const engines = chosenBy(word, ["embedded", "fabric"] as const, (name) => name);
  if (engines.includes("fabric")) await findBinaries(search); // or the embedded one's figures are lost
  const figures: Figure[] = [];
  for (const engine of engines)
    figures.push(...(await withLedger(engine, (coalition) => onEngine(engine, coalition))));
  return figures;
}

async function onEngine(engine: LedgerEngineName, coalition: Coalition): Promise<Figure[]> {
  const paces = await measure(coalition);
  const own = engine === "embedded" ? await embeddedFigures(coalition, paces) : [];
  return [...paceFigures(engine, paces), ...own];
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
  coalition.listen((name, { event }) => {
    if (name === "ledger" && event === "ready") ready.resolve(performance.now());
  });
  const startedMs = performance.now();
  await coalition.restart("ledger");
  return (await ready.promise) - startedMs;
}
