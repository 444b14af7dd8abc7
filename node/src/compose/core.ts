import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as blst from "@chainsafe/blst";
import {
  type BlsVerifier,
  blstBls,
  decodeGenesis,
  type Ed25519Verify,
  type Genesis,
  genesisId,
  type MemberId,
  type NetworkId,
  parseMemberId,
} from "@comity/protocol";
import { createEd25519Verify, rememberedVerify } from "../attestation/index.ts";
import { type Clock, systemClock } from "../clock.ts";
import type { NodeConfig } from "../config.ts";
import type { Lifecycle } from "../lifecycle.ts";
import { makeDirectory } from "../log/durableFile.ts";
import type { NodeEvent } from "../telemetry/events.ts";
import type { Log } from "../telemetry/log.ts";

export interface NodeDeps {
  readonly log: Log;
  readonly emit: (event: NodeEvent) => void;
  /** Told of a broken invariant: the process must stop at once, and loudly. */
  readonly fatal: (error: Error) => void;
}

/** What all parts of a node share. */
export interface Core extends Omit<NodeDeps, "log"> {
  readonly config: NodeConfig;
  readonly life: Lifecycle;
  readonly genesis: Genesis;
  readonly networkId: NetworkId;
  readonly memberId: MemberId;
  /** Of the founding members, who hold the shares of the key. */
  readonly memberCount: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly verify: Ed25519Verify;
  readonly bls: BlsVerifier;
  readonly logOf: (module: string) => Log;
  /** The path of a file or folder in the data directory. */
  readonly inData: (name: string) => string;
}

const maxKeys = 16_384;
const maxAccepted = 32_768;

export async function openCore(config: NodeConfig, deps: NodeDeps, life: Lifecycle): Promise<Core> {
  await makeDirectory(config.dataDir);
  const genesisBytes = await readFile(config.genesisFile);
  const genesis = decodeGenesis(genesisBytes);
  return {
    ...{ config, life, emit: deps.emit, fatal: deps.fatal },
    ...{ genesis, networkId: genesisId(genesisBytes), memberId: parseMemberId(config.memberId) },
    memberCount: genesis.members.length,
    clock: systemClock(genesis),
    random: () => Math.random(),
    verify: rememberedVerify(createEd25519Verify({ maxKeys }), { maxAccepted }),
    bls: blstBls(blst),
    logOf: (module) => deps.log.child({ module }),
    inData: (name) => join(config.dataDir, name),
  };
}
