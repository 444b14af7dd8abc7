import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { startGateway } from "../../src/gateway.ts";
import {
  genesisBytes,
  networkId,
  notice,
  registerWithOneNode,
  signedEpochs,
  storedAlert,
} from "../example.ts";
import { type Script, ScriptedLedger } from "../scriptedLedger.ts";

export interface GatewayUnderTest {
  readonly url: string;
  readonly ledger: ScriptedLedger;
  readonly logged: string[];
  stop(): Promise<void>;
}

/** For a gateway that takes tips. */
export interface TipConfig {
  readonly receiptKeyPem: string;
  readonly config: { readonly nodeUrl: string; readonly keySignature: string };
}

export interface Under {
  readonly consoleUrls?: readonly string[];
  readonly genesisBytes?: Uint8Array;
  /** What the gateway finds when it starts. */
  readonly ledger?: ScriptedLedger;
  readonly tips?: TipConfig;
}

export const script: Script = {
  "coalition:ReadRegister": () => registerWithOneNode,
  "coalition:ReadEpochs": () => signedEpochs,
};

/** A ledger with one notice and one alert. */
function exampleLedger(): ScriptedLedger {
  const ledger = new ScriptedLedger(script);
  ledger.commit({ type: "genesis", subject: networkId, rev: 1, hash: "00".repeat(32) });
  ledger.write({ type: "notice-filed", subject: notice.noticeId, document: notice });
  ledger.write({ type: "alert-opened", subject: storedAlert.alertId, document: storedAlert });
  return ledger;
}

/** The real gateway on a real socket, over a scripted ledger that it has followed, and whatever consoles a test has. */
export async function startGatewayUnderTest(under: Under = {}): Promise<GatewayUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), "comity-gateway-"));
  const genesisFile = join(folder, "genesis.json");
  writeFileSync(genesisFile, under.genesisBytes ?? genesisBytes);
  const ledger = under.ledger ?? exampleLedger();
  const logged: string[] = [];
  const { tips, consoleUrls = [] } = under;
  const level = tips === undefined ? "error" : "trace";
  const log = pino({ level }, { write: (line: string) => void logged.push(line) });
  const nodes = consoleUrls.map((consoleUrl, position) => ({
    memberId: ["aa", "bb"][position] ?? "cc",
    consoleUrl,
  }));
  // Time moves on by itself, so that no test waits for an answer to grow old.
  let nowMs = 0;
  const now = (): number => (nowMs += 10_000);
  const receiptKeyFile = join(folder, "receipt-key.pem");
  if (tips !== undefined) writeFileSync(receiptKeyFile, tips.receiptKeyPem);
  const gateway = await startGateway(
    {
      ...{ host: "127.0.0.1", port: 0, nodes, genesisFile, dataDir: join(folder, "data"), logLevel: "error" },
      ...(tips && { tips: { memberId: "aa", receiptKeyFile, ...tips.config } }),
    },
    { ledger, writer: ledger, log, now },
  );
  await ledger.followed();
  const stop = async (): Promise<void> => {
    await gateway.stop();
    rmSync(folder, { recursive: true });
  };
  return { url: gateway.url, ledger, logged, stop };
}
