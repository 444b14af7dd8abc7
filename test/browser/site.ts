import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGateway } from "@comity/gateway";
import { pino } from "pino";
import { type Fixture } from "../fixture/bundle.ts";
import { MemoryLedger } from "../fixture/memoryLedger.ts";
import { notices } from "../fixture/notices.ts";

/** How a gateway lies: gets the honest answer to a path, and gives the one that visitors get. */
export type Lie = (path: string, honest: Answer) => Answer;

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
}

export interface Site {
  readonly url: string;
  readonly ledger: MemoryLedger;
  /** Undefined: the gateway is honest. */
  lie: Lie | undefined;
  stop(): Promise<void>;
}

export interface SiteOptions {
  readonly network: Fixture;
  /** Other fixtures of the same network, whose alerts are listed too. */
  readonly more?: readonly Fixture[];
  /** Puts more on the ledger before the gateway starts. */
  readonly prepare?: (ledger: MemoryLedger) => void;
}

/** The real gateway over a ledger in memory and a node that has the bundles, with a proxy in front that may lie. */
export async function startSite({ network, more = [], prepare }: SiteOptions): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), "comity-browser-"));
  const genesisFile = join(folder, "genesis.json");
  writeFileSync(genesisFile, network.genesisBytes);
  const all = [network, ...more];
  const ledger = new MemoryLedger(network);
  for (const { alert } of all) ledger.writeAlert(alert);
  for (const notice of notices()) ledger.writeNotice(notice);
  prepare?.(ledger);

  const node = await listen(nodeConsole(all));
  const nodes = network.genesis.members
    .slice(0, 3)
    .map(({ memberId }) => ({ memberId, consoleUrl: node.url }));
  const gateway = await startGateway(
    { host: "127.0.0.1", port: 0, nodes, genesisFile, dataDir: join(folder, "data"), logLevel: "silent" },
    { ledger, log: pino({ level: "silent" }), now: Date.now },
  );
  await ledger.followed();
  const site: Site = {
    url: "",
    ledger,
    lie: undefined,
    stop: async () => {
      await Promise.all([front.stop(), gateway.stop(), node.stop()]);
      rmSync(folder, { recursive: true });
    },
  };
  const front = await listen(proxy(gateway.url, site));
  return Object.assign(site, { url: front.url });
}

function nodeConsole(fixtures: readonly Fixture[]): RequestListener {
  const bundles = new Map(
    fixtures.map(({ alert, bundleBytes }) => [`/v1/alerts/${alert.alertId}/bundle`, bundleBytes]),
  );
  return (request, response) => {
    const { url = "" } = request;
    const bundle = bundles.get(url);
    if (bundle) response.end(bundle);
    else if (url === "/readyz") response.end("{}");
    else if (url === "/v1/status") response.end(JSON.stringify({ ledgerHeight: 57 }));
    else response.writeHead(404).end();
  };
}

/** Passes everything on with all headers, so that the page runs under the gateway's own policy. */
function proxy(target: string, site: Pick<Site, "lie">): RequestListener {
  return (request, response) => {
    const path = request.url ?? "/";
    const passOn = async (): Promise<void> => {
      const upstream = await fetch(target + path);
      const contentType = upstream.headers.get("content-type") ?? "";
      const honest = {
        status: upstream.status,
        contentType,
        body: new Uint8Array(await upstream.arrayBuffer()),
      };
      const answer = site.lie?.(path, honest) ?? honest;
      const policy = upstream.headers.get("content-security-policy") ?? "";
      response
        .writeHead(answer.status, { "content-type": answer.contentType, "content-security-policy": policy })
        .end(answer.body);
    };
    passOn().catch(() => response.destroy());
  };
}

async function listen(handler: RequestListener): Promise<{ url: string; stop: () => Promise<void> }> {
  const server: Server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, stop };
}
