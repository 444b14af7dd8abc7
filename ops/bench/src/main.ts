import process from "node:process";
import { DomainError } from "@comity/protocol";
import { NothingChosen } from "./chosen.ts";
import { doors } from "./doors.ts";
import { faults } from "./faults/faults.ts";
import type { Figure } from "./figures.ts";
import { ledger } from "./ledger/ledger.ts";

const benches: Readonly<Record<string, (word: string) => Promise<Figure[]>>> = { doors, faults, ledger };

/** `npm run bench -- NAME [WORD]`: a line for each figure; 0 where all are as wanted, 1 where one is not, 2 for a bench that there is not. */
async function main(name: string, word: string): Promise<number> {
  const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
  if (bench === undefined) {
    process.stderr.write(`Say which bench: npm run bench -- ${Object.keys(benches).join("|")}\n`);
    return 2;
  }
  const figures = await bench(word);
  for (const { what, measured, wanted, holds } of figures)
    process.stdout.write(`${holds ? "✔" : "✘"} ${what.padEnd(64)} ${measured.padStart(10)}  ${wanted}\n`);
  return figures.every(({ holds }) => holds) ? 0 : 1;
}

function refused(error: unknown): number {
  if (!(error instanceof NothingChosen) && !(error instanceof DomainError)) throw error;
  process.stderr.write(`${error.message}\n`);
  return error instanceof NothingChosen ? 2 : 1;
}

process.exitCode = await main(process.argv[2] ?? "", process.argv[3] ?? "").catch(refused);
