import { readFile } from "node:fs/promises";
import { Intake, IntakeServer, type IntakeServerOptions } from "../attestation/index.ts";
import type { NodeConfig } from "../config.ts";
import type { Core } from "./core.ts";
import type { EvidenceParts } from "./evidenceParts.ts";
import type { LedgerParts } from "./ledgerParts.ts";

/** Where attesters send their evidence. */
export interface IntakeParts {
  readonly intake: Intake;
  readonly port: number;
}

export async function startIntakeParts(
  core: Core,
  { view }: LedgerParts,
  { logs, replicator }: EvidenceParts,
): Promise<IntakeParts> {
  const { config, life, networkId, memberId, clock, verify, fatal, inData } = core;
  const intake = new Intake(
    { directory: inData("hosts"), networkId, memberId, networkClock: core.genesis.clock },
    { logs, replicator, enrolments: view, clock, verify, fatal },
  );
  await life.start(intake);
  const log = core.logOf("intake");
  const report = (error: unknown) => log.error("a request could not be answered", { error });
  const server = new IntakeServer(await optionsOf(config.intake), { intake, report });
  const { port } = await life.start(server);
  return { intake, port };
}

async function optionsOf(config: NodeConfig["intake"]): Promise<IntakeServerOptions> {
  const { host, port, certificateFile, keyFile, clientRootFiles } = config;
  const read = (path: string) => readFile(path, "utf8");
  const clientRoots = await Promise.all(clientRootFiles.map(read));
  return { host, port, certificate: await read(certificateFile), key: await read(keyFile), clientRoots };
}
