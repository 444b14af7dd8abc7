import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const candidates = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Chromium of this machine, where it has one. */
const chromiumFile = candidates.find((file) => existsSync(file));

let running: Promise<Browser> | undefined;

/** One for all suites that run in this process, each in a context of its own; undefined where this machine has no Chromium. */
export async function sharedBrowser(): Promise<Browser | undefined> {
  if (chromiumFile !== undefined) running ??= launch(chromiumFile);
  return running;
}

// Outside of any suite, so when all of them have ended.
after(async () => {
  await (await running)?.close();
});

function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
