import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { startGateway } from "../../src/gateway.ts";
import { alert, genesisBytes, notice, registerWithOneNode, signedEpochs } from "../example.ts";
import { ScriptedLedger, type Script } from "../scriptedLedger.ts";

export interface GatewayUnderTest {
  readonly url: string;
  readonly ledger: ScriptedLedger;
  readonly logged: string[];
  stop(): Promise<void>;
}

export const script: Script = {
  "coalition:ReadRegister": () => registerWithOneNode,
  "coalition:ReadEpochs": () => signedEpochs,
  "notice:List": () => ({ items: [notice], bookmark: "o!notice!next" }),
  "alert:List": () => ({ items: [alert], bookmark: "" }),
  "alert:Read": () => alert,
};

/** The real gateway on a real socket, over a scripted ledger and whatever consoles a test has. */
export async function startGatewayUnderTest(consoleUrls: readonly string[] = []): Promise<GatewayUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), "comity-gateway-"));
  const genesisFile = join(folder, "genesis.json");
  writeFileSync(genesisFile, genesisBytes);
  const ledger = new ScriptedLedger(script);
  const logged: string[] = [];
  const log = pino({ level: "error" }, { write: (line: string) => void logged.push(line) });
  const nodes = consoleUrls.map((consoleUrl, position) => ({
    memberId: ["aa", "bb"][position] ?? "cc",
    consoleUrl,
  }));
  // Time moves on by itself, so that no test waits for an answer to grow old.
  let nowMs = 0;
  const now = (): number => (nowMs += 10_000);
  const gateway = await startGateway(
    { host: "127.0.0.1", port: 0, nodes, genesisFile, logLevel: "error" },
    { ledger, log, now },
  );
  const stop = async (): Promise<void> => {
    await gateway.stop();
    rmSync(folder, { recursive: true });
  };
  return { url: gateway.url, ledger, logged, stop };
}
