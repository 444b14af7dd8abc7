import { readFile } from "node:fs/promises";
import { connectLedger, type LedgerClient, type Outbox } from "@comity/ledger";
import type { NodeConfig } from "../config.ts";
import type { Log } from "../telemetry/log.ts";

/** The node's connection to the ledger, with the certificates and the key that its configuration names. */
export async function connectNode(
  config: NodeConfig["ledger"],
  { log, outbox }: { readonly log: Log; readonly outbox?: Outbox },
): Promise<LedgerClient> {
  const { channel, chaincode, mspId, endorsers } = config;
  const read = (path: string) => readFile(path, "utf8");
  const endpoints = await Promise.all(
    config.endpoints.map(async ({ address, tlsRootFile }) => ({
      address,
      tlsRootPem: await read(tlsRootFile),
    })),
  );
  const identity = {
    mspId,
    certificatePem: await read(config.certificateFile),
    privateKeyPem: await read(config.keyFile),
  };
  return connectLedger(
    { channel, chaincode, endpoints, identity, endorsers },
    { log, ...(outbox === undefined ? {} : { outbox }) },
  );
}

/** What was on its way when the process ended: duties are taken up from the ledger's own state, so that its fate is only worth a line. */
export async function settleKept(ledger: Pick<LedgerClient, "settle">, log: Log): Promise<void> {
  try {
    for (const { transactionId, error } of await ledger.settle())
      log.info("a transaction of an earlier run is settled", {
        transactionId,
        code: error?.code ?? "committed",
      });
  } catch (error) {
    log.warn("transactions of an earlier run are not settled", { error });
  }
}
