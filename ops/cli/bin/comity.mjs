#!/usr/bin/env node
// The command as npm installs it. Under an older Node it goes on under the Node 24 that came along as a package.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

const main = new URL("../dist/bundle/main.js", import.meta.url);

if (Number(process.versions.node.split(".")[0]) >= 24) await import(main.href);
else goOnUnder(packagedNode());

function packagedNode() {
  try {
    return createRequire(import.meta.url).resolve(`node-linux-${process.arch}/bin/node`);
  } catch {
    return undefined;
  }
}

function goOnUnder(node) {
  if (node === undefined) {
    process.stderr.write(
      `Comity needs Node 24 or later, and this is ${process.version}. Install it from https://nodejs.org.\n`,
    );
    process.exitCode = 1;
    return;
  }
  const args = [fileURLToPath(main), ...process.argv.slice(2)];
  const child = spawn(node, args, { stdio: ["inherit", "inherit", "inherit", "ipc"] });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}
