/** Appends to a log without end and writes each acknowledged checkpoint to stdout. For crash.test.ts. */
import { writeSync } from "node:fs";
import { itemsOf, logsOf, originOf } from "./fixture.ts";

const origin = originOf("aa");
const { logs } = logsOf(1, process.argv[2] ?? "");

async function run(): Promise<never> {
  await logs.start();
  let { size } = await logs.open(origin);
  for (;;) {
    const groups = [itemsOf(size, size + 7), itemsOf(size + 7, size + 60), itemsOf(size + 60, size + 61)];
    await Promise.all(groups.map((items) => logs.append(origin, items)));
    writeSync(1, `${JSON.stringify(logs.head(origin)?.checkpoint)}\n`);
    size += 61;
  }
}

await run();
