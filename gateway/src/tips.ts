import { readFileSync } from "node:fs";
import { setTimeout as timeout } from "node:timers/promises";
import { type Genesis, type NetworkId, parseMemberId } from "@comity/protocol";
import type { FastifyBaseLogger } from "fastify";
import type { Config } from "./config.ts";
import { HttpTipNode } from "./node/httpTipNode.ts";
import type { LedgerReader, LedgerWriter } from "./service/ledgerReader.ts";
import { readReceiptKey } from "./service/receiptKey.ts";
import { RootFiler } from "./service/rootFiler.ts";
import { TipDesk } from "./service/tipDesk.ts";

export interface TipsDeps {
  readonly genesis: Genesis;
  readonly networkId: NetworkId;
  readonly ledger: LedgerReader;
  readonly writer: LedgerWriter | undefined;
  readonly log: FastifyBaseLogger;
  readonly now: () => number;
}

const NODE_TIMEOUT_MS = 5_000;
const PAUSE_MS = 1_000;

/** The parts of a gateway that takes tips. */
export function openTipDesk(config: NonNullable<Config["tips"]>, deps: TipsDeps) {
  const { genesis, networkId, ledger, writer, log, now } = deps;
  if (writer === undefined) throw new TypeError("a gateway that takes tips files on the ledger");
  const memberId = parseMemberId(config.memberId);
  const key = readReceiptKey(readFileSync(config.receiptKeyFile, "utf8"));
  const node = new HttpTipNode({ url: config.nodeUrl, timeoutMs: NODE_TIMEOUT_MS });
  const desk = new TipDesk(
    { networkId, genesis, memberId, keySignature: config.keySignature },
    { node, key, ledger },
  );
  const sleep = (ms: number, signal: AbortSignal) => timeout(ms, undefined, { signal });
  const both = {
    evaluate: (...question: [string, ...string[]]) => ledger.evaluate(...question),
    submitIdempotent: (...question: [string, ...string[]]) => writer.submitIdempotent(...question),
  };
  const filer = new RootFiler(
    { genesis, memberId, pauseMs: PAUSE_MS, random: Math.random },
    { ledger: both, desk, node, clock: { now, sleep }, log },
  );
  return { desk, filer };
}
