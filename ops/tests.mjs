// `npm test`. No dependencies, since it is part of the way in.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { bin, complain, root, run } from "./run.mjs";

const inTests = (...folders) => folders.map((folder) => join("test", "dist", folder));

/**
 * What runs side by side, by folders of compiled tests: systems of many processes wait much. They come first, and each lane's suites share a coalition.
 * The last lane has what no other names.
 */
const lanes = [
  inTests("start", "conformance"),
  inTests("attack", "browser"),
  // What is killed again and again comes when the first lane is about to end.
  inTests("system", "faults"),
  // The longest of the rest first.
  ["node"],
  [join("network", "embedded"), join("network", "ledger")],
  ["network"],
  ["chaincode"],
  ["ops"],
  [],
];

/** On two cores more would make each other miss their deadlines. */
const LANES_AT_ONCE = 3;

/** These need Fabric's commands, and most of the machine: they run by themselves. */
const onFabric = inTests("fabric");

/** The cases that both ledgers must pass, as a test file for each. */
const conformance = {
  embedded: join("test", "dist", "conformance", "embedded.test.js"),
  fabric: join("test", "dist", "conformance", "fabric.test.js"),
};

/**
 * Runs suites, `ordinary` or `fabric`, one after the other, with one sum of all at the end.
 * `npm test -- network/protocol --grep note` narrows them: paths choose packages, options go to mocha.
 */
export async function runTests(node, args, names) {
  const isPath = (arg) => existsSync(join(root, arg));
  const files = testFiles(args.filter(isPath));
  const options = args.filter((arg) => !isPath(arg));
  const results = [];
  for (const name of names) results.push(await runLanes(node, options, await suites[name](files)));
  const { passed, failed, skipped, code } = together(results);
  process.stdout.write(`${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}\n`);
  return code;
}

/** `npm run test:conformance -- --ledger fabric --grep phantom`; the embedded ledger unless it is named. */
export async function runConformance(node, args) {
  const at = args.indexOf("--ledger");
  const ledger = at === -1 ? "embedded" : args[at + 1];
  if (!Object.hasOwn(conformance, ledger ?? "")) {
    const names = Object.keys(conformance).join(" or ");
    return complain(`--ledger is ${names}, and not ${ledger === undefined ? "left out" : `"${ledger}"`}.`, 2);
  }
  const options = at === -1 ? args : args.toSpliced(at, 2);
  const source = conformance[ledger].replace(join("test", "dist"), "test").replace(/js$/, "ts");
  return runTests(node, [source, ...options], [ledger === "fabric" ? "fabric" : "ordinary"]);
}

const suites = {
  ordinary: (files) =>
    lanes.map((folders, lane) => {
      const own = files.filter((file) => !isOnFabric(file) && laneOf(file) === lane);
      return own.toSorted((a, b) => placeIn(folders, a) - placeIn(folders, b));
    }),
  /** Where Fabric's commands are not there, it says so and holds. */
  fabric: async (files) => {
    const why = await whyNotOnFabric();
    if (why === undefined) return [files.filter(isOnFabric)];
    process.stdout.write(`The tests of the real network are left out. ${why}\n`);
    return [];
  },
};

async function whyNotOnFabric() {
  const { findBinaries } = await import(join(root, "network", "fabric", "dist", "src", "index.js"));
  try {
    await findBinaries(process.env);
    return undefined;
  } catch (error) {
    return error.message;
  }
}

function isOnFabric(file) {
  return file === conformance.fabric || onFabric.some((folder) => file.startsWith(folder + sep));
}

function together(results) {
  const sum = (what) => results.reduce((total, result) => total + result[what], 0);
  const code = results.find((each) => each.code !== 0)?.code ?? 0;
  return { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped"), code };
}

async function runLanes(node, options, chosen) {
  const out = inOrder();
  const results = [];
  const waiting = [...chosen.filter(({ length }) => length > 0).entries()];
  const runNext = async () => {
    const next = waiting.shift();
    if (next === undefined) return;
    const [number, lane] = next;
    results.push(await runMocha(node, [...options, ...lane], (text) => out.write(number, text)));
    out.end(number);
    await runNext();
  };
  await Promise.all(Array.from({ length: LANES_AT_ONCE }, runNext));
  return together(results);
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

function placeIn(folders, file) {
  return folders.findIndex((folder) => file.startsWith(folder + sep));
}

function laneOf(file) {
  const named = lanes.findIndex((folders) => placeIn(folders, file) !== -1);
  return named === -1 ? lanes.length - 1 : named;
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
