import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Coalition, startCoalition } from "@comity/cli";
import { atLeast, atMost, type Figure, median, percentile } from "./figures.ts";
import { listingDelay } from "./listing.ts";
import { ratioToBareRoute } from "./routes.ts";
import { playStory, type Story } from "./story.ts";
import { tipLatencies } from "./tips.ts";

/** What the insurer, the public and the whistleblower wait for. A coalition of four, after its story, with nothing else to do. */
export async function doors(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "comity-bench-"));
  try {
    const dataDir = join(folder, "coalition");
    const story = await playStory(dataDir);
    const coalition = await startCoalition(
      { dataDir },
      {
        onEvent: () => undefined,
        now: Date.now,
        sleep: (ms, signal) => pause(ms, undefined, { signal }),
      },
    );
    try {
      await coalition.ready();
      return await measure(coalition, story, folder);
    } finally {
      await coalition.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(coalition: Coalition, story: Story, folder: string): Promise<Figure[]> {
  const { gatewayUrl } = coalition;
  const bond = await ratioToBareRoute(`${gatewayUrl}/v1/bonds/${story.bondId}`, folder);
  const venue = await ratioToBareRoute(`${gatewayUrl}/v1/venues/${story.venueId}`, folder);
  const latencies = await tipLatencies(coalition);
  const delay = await listingDelay(coalition, "01JD000000000000000000000B");
  return [
    atLeast("GET /v1/bonds/{id}, requests/s to a bare route's", bond, 0.5),
    atLeast("GET /v1/venues/{id}, requests/s to a bare route's", venue, 0.5),
    atMost("a tip accepted, median", median(latencies), 80, "ms"),
    atMost("a tip accepted, 95th percentile", percentile(latencies, 95), 80, "ms"),
    atMost("a listing on the ledger until the gateway shows it", delay, 5_000, "ms"),
  ];
}
