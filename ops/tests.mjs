// `npm test`. No dependencies, since it is part of the way in.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { bin, root, run } from "./run.mjs";

/**
 * What runs side by side, since systems of many processes wait much: by the folders of the compiled tests. Suites in one lane share a coalition. The
 * first lane has what no other names.
 */
const lanes = [
  [],
  [join("test", "dist", "attack"), join("test", "dist", "faults")],
  [join("test", "dist", "system"), join("test", "dist", "browser")],
];

/** `npm test -- network/protocol --grep note` narrows it: paths choose packages, options go to mocha. */
export async function runTests(node, args) {
  const isPath = (arg) => existsSync(join(root, arg));
  const files = testFiles(args.filter(isPath));
  const options = args.filter((arg) => !isPath(arg));
  const chosen = lanes.map((_, lane) => files.filter((file) => laneOf(file) === lane));
  const report = inOrder();
  const results = await Promise.all(
    chosen
      .filter(({ length }) => length > 0)
      .map(async (lane, number) => {
        const result = await runMocha(node, [...options, ...lane], (text) => report.write(number, text));
        report.end(number);
        return result;
      }),
  );
  const sum = (what) => results.reduce((total, result) => total + result[what], 0);
  const skipped = sum("skipped") === 0 ? "" : `, ${sum("skipped")} skipped`;
  process.stdout.write(`${sum("passed")} passed, ${sum("failed")} failed${skipped}\n`);
  return results.find(({ code }) => code !== 0)?.code ?? 0;
}

async function runMocha(node, args, onOutput) {
  const result = { passed: 0, failed: 0, skipped: 0 };
  // Given to mocha, a flag of Node's makes it start another process, which would not reach us.
  const mocha = ["--enable-source-maps", bin("mocha/bin/mocha.js"), "--exit", "--forbid-only"];
  const limits = ["--timeout", "60000"];
  const reporter = ["--reporter", join(root, "ops", "testReporter.mjs")];
  const color = process.stdout.isTTY ? ["--color"] : [];
  const onMessage = (counts) => Object.assign(result, counts);
  const code = await run(node, [...mocha, ...limits, ...reporter, ...color, ...args], {
    onOutput,
    onMessage,
  });
  // Mocha can die before it counts anything, for example when a test file does not load.
  if (code !== 0 && result.failed === 0) result.failed = 1;
  return { ...result, code };
}

function laneOf(file) {
  return Math.max(
    0,
    lanes.findIndex((folders) => folders.some((folder) => file.startsWith(folder + sep))),
  );
}

/** From the sources, so that what was compiled from a test that is gone is not run. */
function testFiles(paths) {
  const { workspaces } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const isChosen = (file) => paths.length === 0 || paths.some((path) => file.startsWith(path));
  return workspaces.flatMap((name) => {
    // The workspace `test` is all tests; the others keep theirs in `test/`.
    const [sources, compiled] =
      name === "test" ? [name, join(name, "dist")] : [join(name, "test"), join(name, "dist", "test")];
    if (!existsSync(join(root, sources))) return [];
    return readdirSync(join(root, sources), { recursive: true })
      .filter((file) => file.endsWith(".test.ts") && !["dist", "node_modules"].includes(file.split(sep)[0]))
      .filter((file) => isChosen(join(sources, file)))
      .sort()
      .map((file) => join(compiled, file.replace(/ts$/, "js")));
  });
}

/** What runs side by side is reported one after the other, the first as it comes. */
function inOrder() {
  const kept = [];
  const ended = new Set();
  let current = 0;
  const flush = () => {
    process.stdout.write((kept[current] ?? []).join(""));
    kept[current] = [];
  };
  return {
    write(number, text) {
      (kept[number] ??= []).push(text);
      if (number === current) flush();
    },
    end(number) {
      ended.add(number);
      while (ended.has(current)) {
        flush();
        current += 1;
      }
    },
  };
}
