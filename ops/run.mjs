// Running other programs to their end. No dependencies: it runs before they are installed.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Runs to the end, with our own signals passed on. The channel tells the child when we are gone without a word; npm may go like that, too,
 * and does not pass on what ended it.
 */
export function run(command, args, { stdout = 1, onOutput, onMessage = () => {} } = {}) {
  const parent = process.ppid;
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ["inherit", onOutput ? "pipe" : stdout, 2, "ipc"],
    });
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
    child.stdout?.setEncoding("utf8").on("data", onOutput);
    child.on("error", (error) => done(complain(`${command} cannot be started: ${error.message}`, 1)));
    child.on("close", (code, signal) => done(code ?? 128 + constants.signals[signal]));
  });
}

export function bin(path) {
  return join(root, "node_modules", path);
}

export function complain(sentence, code) {
  process.stderr.write(`${sentence}\n`);
  return code;
}
