import process from "node:process";
import { doors } from "./doors.ts";
import { faults } from "./faults/faults.ts";
import type { Figure } from "./figures.ts";
import { ledger } from "./ledger/ledger.ts";

const benches: Readonly<Record<string, () => Promise<Figure[]>>> = { doors, faults, ledger };

/** `npm run bench -- NAME`: a line for each figure; 0 where all are as wanted, 1 where one is not, 2 for a bench that there is not. */
async function main(name: string): Promise<number> {
  const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
  if (bench === undefined) {
    process.stderr.write(`Say which bench: npm run bench -- ${Object.keys(benches).join("|")}\n`);
    return 2;
  }
  const figures = await bench();
  for (const { what, measured, wanted, holds } of figures)
    process.stdout.write(`${holds ? "✔" : "✘"} ${what.padEnd(64)} ${measured.padStart(10)}  ${wanted}\n`);
  return figures.every(({ holds }) => holds) ? 0 : 1;
}

process.exitCode = await main(process.argv[2] ?? "");
