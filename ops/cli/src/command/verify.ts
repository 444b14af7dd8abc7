import { readFileSync, statSync } from "node:fs";
import * as blst from "@chainsafe/blst";
import {
  blstBls,
  claimedEntryGenesis,
  claimedGenesis,
  isEntryBundle,
  MAX_BUNDLE_BYTES,
  verifyBundle,
} from "@comity/protocol";
import { CliError, domainErrorOf } from "../cliError.ts";
import type { Terminal } from "../terminal.ts";
import { verifyEntry } from "./verifyEntry.ts";

export interface VerifyOptions {
  readonly genesis?: string;
  /** The id about which an entry bundle must be. */
  readonly id?: string;
}

/** An alert's bundle or a registry entry's. Exit code: 0 the coalition signed this, 1 it did not, 2 the question was incomplete. */
export function verify(file: string, { genesis, id }: VerifyOptions, out: Terminal): number {
  const bytes = readBundle(file);
  if (genesis === undefined) return askForGenesis(bytes, out);
  if (!/^[0-9a-f]{64}$/.test(genesis)) {
    throw new CliError(
      "USAGE",
      "--genesis takes the SHA-256 of the genesis record: 64 lower-case hex digits.",
    );
  }
  try {
    if (isEntryBundle(bytes)) verifyEntry(bytes, genesis, id, out);
    else verifyAlert(bytes, genesis, out);
    return 0;
  } catch (error) {
    const refusal = domainErrorOf(error);
    if (refusal === undefined) throw error;
    const { code, message } = refusal;
    out.result({ valid: false, code, reason: message }, [`Not valid (${code}): ${message}`]);
    return 1;
  }
}

function verifyAlert(bytes: Uint8Array, genesis: string, out: Terminal): void {
  const { statement, signers, digest, groupKey, keyEpoch, entryCount, hostCount } = verifyBundle(bytes, {
    genesis,
    bls: blstBls(blst),
  });
  out.result({ valid: true, statement, signers, digest, groupKey, keyEpoch, entryCount, hostCount }, [
    `Valid: the coalition ${genesis.slice(0, 12)}… signed this ${statement.kind} alert.`,
    `Subject: operator ${statement.subject.operatorId}, site ${statement.subject.siteId}.`,
    `At least ${flop(statement.flopAtLeast)} FLOP seen, ${flop(statement.projectedFlop)} projected.`,
    `Decided by ${signers.join(", ")}; evidence: ${entryCount} segments of ${hostCount} hosts.`,
  ]);
}

function askForGenesis(bytes: Uint8Array, out: Terminal): number {
  const found = claimed(bytes);
  const claim = found === undefined ? "It names no genesis record that can be read." : `It claims ${found}.`;
  out.result({ valid: null, claimedGenesis: found ?? null }, [
    "A bundle cannot vouch for itself: say which coalition you mean with --genesis SHA256.",
    `${claim} Compare that with a fingerprint that you have from elsewhere.`,
  ]);
  return 2;
}

function claimed(bytes: Uint8Array): string | undefined {
  try {
    return isEntryBundle(bytes) ? claimedEntryGenesis(bytes) : claimedGenesis(bytes);
  } catch (error) {
    if (domainErrorOf(error) !== undefined) return undefined;
    throw error;
  }
}

/** One byte more than may be, so that a longer file is refused by its length and not half read. */
function readBundle(file: string): Uint8Array {
  try {
    if (statSync(file).size > MAX_BUNDLE_BYTES) return new Uint8Array(MAX_BUNDLE_BYTES + 1);
    return readFileSync(file);
  } catch (cause) {
    throw new CliError("USAGE", `${file} cannot be read. Give the path of a ….comity.json file.`, {
      cause,
    });
  }
}

/** A decimal string as people read it: 1.26e+24. */
export function flop(decimal: string): string {
  return Number(decimal).toExponential(2);
}
