import { runCommand } from "./program.ts";

// Libraries' deprecations are not for who runs a command.
process.noDeprecation = true;

const interruption = new AbortController();
const interrupt = (): void => interruption.abort();
// "disconnect": the script that started us is gone, even by kill -9. Asking twice is asking once.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "disconnect"]) process.on(signal, interrupt);
process.channel?.unref();
// Whoever read what we say has gone, as `head` does when it has seen enough.
for (const stream of [process.stdout, process.stderr]) stream.on("error", interrupt);

void runCommand(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  now: Date.now,
  startedMs: performance.timeOrigin,
  interrupted: interruption.signal,
  search: { FABRIC_BIN: process.env["FABRIC_BIN"], PATH: process.env["PATH"] },
}).then((code) => {
  process.exitCode = code;
});
