// The way in: `npm start`, `npm test` and the rest run this file under whatever Node the machine has (20 or later).
// It installs and builds what is missing and goes on under Node 24. It has no dependencies, since it brings them.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bin, complain, root, run } from "./run.mjs";
import { runConformance, runTests } from "./tests.mjs";

const neededMajor = 24;

const commands = {
  start: (node, args) => runCli(node, ["up", ...args]),
  comity: runCli,
  test: (node, args) => runTests(node, args, ["ordinary"]),
  "test:fabric": (node, args) => runTests(node, args, ["fabric"]),
  "test:conformance": runConformance,
  bench: (node, args) => run(node, [join(root, "ops", "bench", "dist", "src", "main.js"), ...args]),
  build: () => 0,
  lint: (node, args) => run(node, [bin("eslint/bin/eslint.js"), ".", ...args]),
  format: (node, args) => run(node, [bin("prettier/bin/prettier.cjs"), "--write", ".", ...args]),
  check,
};

process.exitCode = await main(process.argv[2], process.argv.slice(3));

async function main(name, args) {
  const command = Object.hasOwn(commands, name ?? "") ? commands[name] : undefined;
  if (command === undefined) {
    return complain(
      `"${name ?? ""}" is not a command; choose one of ${Object.keys(commands).join(", ")}.`,
      2,
    );
  }
  // A program may be reading stdout: then progress goes to stderr.
  const progress = name === "comity" || args.includes("--json") ? 2 : 1;
  const installed = await install(progress);
  if (installed !== 0) return complain("npm ci failed; its reason is above.", installed);
  const node = findNode();
  if (node === undefined) {
    return complain(
      `Comity needs Node ${neededMajor} or later and this is ${process.version} on ${process.platform}-${process.arch}, ` +
        `for which no package brings one. Install Node ${neededMajor} from https://nodejs.org and run this again.`,
      1,
    );
  }
  const built = await build(node, progress);
  if (built !== 0) return complain("The build failed; its reason is above.", built);
  return command(node, args);
}

async function install(progress) {
  if (isInstalled()) return 0;
  const npm = process.env.npm_execpath;
  const [command, ...before] = npm === undefined ? ["npm"] : [process.execPath, npm];
  return withProgress("Installing dependencies", progress, () =>
    run(command, [...before, "ci", "--no-fund", "--no-audit", "--loglevel=error"], { stdout: progress }),
  );
}

/** Whether what npm noted last, when it installed, is what the lockfile wants. What is optional may be for other machines. */
function isInstalled() {
  const noted = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(noted)) return false;
  const found = readPackages(noted);
  const { "": _, ...wanted } = readPackages(join(root, "package-lock.json"));
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    const there = found[path];
    if (there === undefined) return optional === true;
    return there.version === version && there.integrity === integrity;
  });
}

function readPackages(lockfile) {
  return JSON.parse(readFileSync(lockfile, "utf8")).packages;
}

function findNode() {
  if (Number(process.versions.node.split(".")[0]) >= neededMajor) return process.execPath;
  const packaged = join(root, "node_modules", `node-linux-${process.arch}`, "bin", "node");
  const runs = process.platform === "linux" && spawnSync(packaged, ["--version"]).status === 0;
  return runs ? packaged : undefined;
}

async function build(node, progress) {
  const isFirst = !existsSync(join(root, "ops", "cli", "dist"));
  const steps = async () =>
    (await run(node, [bin("@typescript/native/bin/tsc"), "-b"], { stdout: progress })) ||
    run(node, [join(root, "ops", "bundle.mjs")], { stdout: progress });
  return isFirst ? withProgress("Building", progress, steps) : steps();
}

function runCli(node, args) {
  return run(node, [
    "--max-semi-space-size=2",
    join(root, "ops", "cli", "dist", "bundle", "main.js"),
    ...args,
  ]);
}

/** Everything that must hold before a change is shared. The rest runs even where one part fails. */
async function check(node, args) {
  const lint = await commands.lint(node, []);
  const format = await run(node, [bin("prettier/bin/prettier.cjs"), "--check", "--log-level=warn", "."]);
  if (lint !== 0 || format !== 0) complain("Lint or format does not hold; see above.", 1);
  const tests = await runTests(node, args, ["ordinary", "fabric"]);
  return lint || format || tests;
}

async function withProgress(what, progress, work) {
  const out = progress === 1 ? process.stdout : process.stderr;
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  out.write(`${what} …\n`);
  const timer = setInterval(() => out.write(`${what} … ${seconds()}\n`), 5000);
  const code = await work().finally(() => clearInterval(timer));
  if (code === 0) out.write(`${what}: done in ${seconds()}\n`);
  return code;
}
