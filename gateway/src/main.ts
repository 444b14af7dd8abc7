import { readFileSync } from "node:fs";
import process from "node:process";
import { connectLedger, type LedgerClient } from "@comity/ledger";
import { type Logger, pino } from "pino";
import { type Config, readConfig } from "./config.ts";
import { startGateway } from "./gateway.ts";

/** `node main.js CONFIG.json`: one JSON line on stdout when ready, logs on stderr, a clean stop on SIGTERM. */
async function main(configFile: string | undefined): Promise<void> {
  if (configFile === undefined) throw new Error("Usage: node main.js CONFIG.json");
  const config = readConfig(configFile);
  const log = pino({ level: config.logLevel }, pino.destination(2));
  const ledger = connect(config, log);
  const gateway = await startGateway(config, { ledger, writer: ledger, log, now: Date.now });
  process.stdout.write(`${JSON.stringify({ event: "ready", url: gateway.url })}\n`);

  const stop = (): void => {
    void gateway.stop().then(() => ledger.close());
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

function connect({ ledger }: Config, log: Logger): LedgerClient {
  const { channel, chaincode, mspId, certificateFile, keyFile } = ledger;
  const endpoints = ledger.endpoints.map(({ address, tlsRootFile }) => ({
    address,
    tlsRootPem: read(tlsRootFile),
  }));
  const identity = { mspId, certificatePem: read(certificateFile), privateKeyPem: read(keyFile) };
  const warn = (message: string, fields: object): void => log.warn(fields, message);
  return connectLedger({ channel, chaincode, endpoints, identity }, { log: { warn } });
}

function read(file: string): string {
  return readFileSync(file, "utf8");
}

main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
