// The way in: `npm start`, `npm test` and the rest run this file under whatever Node the machine has (20 or later).
// It installs and builds what is missing and goes on under Node 24. It has no dependencies, since it brings them.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const neededMajor = 24;

const commands = {
  start: (node, args) => runCli(node, ["up", ...args]),
  comity: runCli,
  test: runTests,
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
    run(command, [...before, "ci", "--no-fund", "--no-audit", "--loglevel=error"], progress),
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
  const compile = () => run(node, [bin("@typescript/native/bin/tsc"), "-b"], progress);
  const compiled = isFirst ? await withProgress("Building", progress, compile) : await compile();
  const page = join(root, "gateway", "web", "build.mjs");
  if (compiled !== 0 || !existsSync(page)) return compiled;
  return run(node, [page], progress);
}

function runCli(node, args) {
  return run(node, ["--max-semi-space-size=2", join(root, "ops", "cli", "dist", "src", "main.js"), ...args]);
}

/** `npm test -- network/protocol --grep note` narrows it: paths choose packages, options go to mocha. */
async function runTests(node, args) {
  const isPath = (arg) => existsSync(join(root, arg));
  const files = testFiles(args.filter(isPath));
  const counts = { passed: 0, failed: 0, skipped: 0 };
  // Given to mocha, a flag of Node's makes it start another process, which would not reach us.
  const mocha = [
    "--enable-source-maps",
    bin("mocha/bin/mocha.js"),
    "--exit",
    "--forbid-only",
    "--timeout",
    "20000",
  ];
  const reporter = ["--reporter", join(root, "ops", "testReporter.mjs")];
  const rest = args.filter((arg) => !isPath(arg));
  const code = await run(node, [...mocha, ...reporter, ...rest, ...files], 1, (result) =>
    Object.assign(counts, result),
  );
  // Mocha can die before it counts anything, for example when a test file does not load.
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  const skipped = counts.skipped === 0 ? "" : `, ${counts.skipped} skipped`;
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed${skipped}\n`);
  return code;
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

/** Everything that must hold before a change is shared. The rest runs even where one part fails. */
async function check(node, args) {
  const lint = await commands.lint(node, []);
  const format = await run(node, [bin("prettier/bin/prettier.cjs"), "--check", "--log-level=warn", "."]);
  if (lint !== 0 || format !== 0) complain("Lint or format does not hold; see above.", 1);
  const tests = await runTests(node, args);
  return lint || format || tests;
}

/**
 * Runs to the end, with our own signals passed on. The channel tells the child when we are gone without a word; npm may go like that, too,
 * and does not pass on what ended it.
 */
function run(command, args, stdout = 1, onMessage = () => {}) {
  const parent = process.ppid;
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ["inherit", stdout, 2, "ipc"] });
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
    const forward = (signal) => child.kill(signal);
    for (const signal of signals) process.on(signal, forward);
    const watch = setInterval(() => process.ppid !== parent && child.kill("SIGTERM"), 1000);
    const done = (code) => {
      clearInterval(watch);
      for (const signal of signals) process.off(signal, forward);
      resolve(code);
    };
    child.on("message", onMessage);
    child.on("error", (error) => done(complain(`${command} cannot be started: ${error.message}`, 1)));
    child.on("close", (code, signal) => done(code ?? 128 + constants.signals[signal]));
  });
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

function bin(path) {
  return join(root, "node_modules", path);
}

function complain(sentence, code) {
  process.stderr.write(`${sentence}\n`);
  return code;
}
