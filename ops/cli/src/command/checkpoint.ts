import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createReadStream, existsSync, readFileSync, writeFileSync } from "node:fs";
import {
  cadenceDocument,
  cadenceRequest,
  canonicalString,
  fromHex,
  modelCheckpointDocument,
  modelCheckpointDueMs,
  modelCheckpointRequest,
  figure,
  policyTime,
} from "@comity/protocol";
import { CliError } from "../cliError.ts";
import { memberOf } from "../coalition/networkFile.ts";
import type { Terminal } from "../terminal.ts";
import { policyDay } from "./bondView.ts";
import { documentOf } from "./documentFile.ts";
import { asOfficer, type Found, findNetwork, supervisorOf } from "./network.ts";

export interface DeclareOptions {
  readonly dataDir: string;
  readonly cadenceHours: number;
  readonly member?: string;
}

/** Says for ever how often a started run creates a model checkpoint. */
export async function declareCadence(
  noticeId: string,
  options: DeclareOptions,
  out: Terminal,
): Promise<void> {
  const found = findNetwork(options.dataDir);
  const { cadenceHours } = options;
  const request = documentOf(cadenceRequest, { noticeId, cadenceHours }, "This is no cadence");
  const bytes = await submit(found, noticeId, options.member, "checkpoint:Declare", request);
  const cadence = cadenceDocument(JSON.parse(Buffer.from(bytes).toString()));
  const dueMs = modelCheckpointDueMs(cadence, 1, figure(found.genesis, "modelCheckpointHours"));
  out.result({ ...cadence, firstDueMs: dueMs }, [
    `The run of notice ${noticeId} creates a model checkpoint every ${cadence.cadenceHours} hours from now on.`,
    `The first is due ${policyDay(dueMs)}: comity checkpoint register ${noticeId} 1 --file WEIGHTS`,
  ]);
}

export interface RegisterOptions {
  readonly dataDir: string;
  readonly file?: string;
  readonly saltedHash?: string;
  /** Policy time. */
  readonly createdMs?: number;
  readonly member?: string;
}

/** Registers a model checkpoint by its salted hash; the weights stay where they are. */
export async function registerModelCheckpoint(
  noticeId: string,
  sequence: number,
  options: RegisterOptions,
  out: Terminal,
  nowMs: number,
): Promise<void> {
  const found = findNetwork(options.dataDir);
  const saltedHash = options.saltedHash ?? (await saltedHashOf(options.file));
  const createdMs = options.createdMs ?? policyTime(found.genesis.clock, nowMs);
  const wanted = { noticeId, sequence, saltedHash, createdMs };
  const request = documentOf(modelCheckpointRequest, wanted, "This is no model checkpoint");
  const bytes = await submit(found, noticeId, options.member, "checkpoint:Register", request);
  const stored = modelCheckpointDocument(JSON.parse(Buffer.from(bytes).toString()));
  out.result(stored, [
    `Registered model checkpoint ${sequence} of notice ${noticeId}${stored.late ? ", late" : ""}: ${saltedHash}`,
  ]);
}

/**
 * SHA-256 of salt ‖ weights. The salt is drawn once and kept beside the file, for nobody but the owner: who audits the run needs it, and
 * without it nobody can tell from the hash which weights it is of.
 */
async function saltedHashOf(file: string | undefined): Promise<string> {
  if (file === undefined)
    throw new CliError("USAGE", "Say what to register: --file FILE or --salted-hash HEX.");
  const weights = createReadStream(file);
  try {
    await once(weights, "open");
    const hash = createHash("sha256").update(saltBeside(file));
    for await (const part of weights) hash.update(part as Buffer);
    return hash.digest("hex");
  } catch (cause) {
    throw new CliError(
      "FILE_UNREADABLE",
      `${file} cannot be read, or its salt not be kept in ${file}.salt.`,
      { cause },
    );
  } finally {
    weights.destroy();
  }
}

function saltBeside(file: string): Buffer {
  const saltFile = `${file}.salt`;
  if (!existsSync(saltFile))
    writeFileSync(saltFile, `${randomBytes(32).toString("hex")}\n`, { mode: 0o600, flag: "wx" });
  return Buffer.from(fromHex(readFileSync(saltFile, "utf8").trim(), 32));
}

async function submit(
  found: Found,
  noticeId: string,
  member: string | undefined,
  transaction: string,
  request: unknown,
): Promise<Uint8Array> {
  const memberId = member ?? (await supervisorOf(found, noticeId));
  return asOfficer(found, memberOf(found.network, memberId), async (ledger) => {
    return (await ledger.submitIdempotent(transaction, canonicalString(request))).result;
  });
}
