import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostIdOf } from "@comity/protocol";
import { type AttesterConfig, ConfigError } from "./config.ts";
import { IntakeClient } from "./intakeClient.ts";
import { Maker } from "./maker.ts";
import { profileSource } from "./profile.ts";
import { Sender } from "./sender.ts";
import type { AttesterEvent, Clock, ConfiguredHost, Site } from "./site.ts";
import { Spool } from "./spool.ts";

export interface AttesterDeps {
  readonly clock: Clock;
  /** 0 to 1, for jitter. */
  readonly random: () => number;
  readonly emit: (event: AttesterEvent) => void;
}

export interface Attester {
  /** Resolves when it has stopped; rejects if it cannot go on. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

/** Starts the agent of one site. What it has signed is in its spool, on disk, until the node has answered it for good. */
export async function startAttester(
  config: AttesterConfig,
  { clock, random, emit }: AttesterDeps,
): Promise<Attester> {
  const keys = new Map(config.hosts.map((host) => [host.hostId as string, hostKey(host)]));
  const spool = await Spool.open(config.spoolDir, config.spoolMaxBytes);
  const hosts = new Map(config.hosts.map((host) => [host.hostId as string, host]));
  const source = profileSource(config.trace.seed, config.trace.phases);
  const unknown = new Set(hosts.keys());
  const client = new IntakeClient(config);
  const fresh = { nonceEpoch: undefined, askAgainMs: 0 };
  const site: Site = { config, hosts, keys, source, spool, client, clock, random, emit, unknown, fresh };
  const accelerators = config.hosts.reduce((count, host) => count + host.accelerators.length, 0);
  emit({ event: "ready", origin: config.origin, hosts: hosts.size, accelerators, waiting: spool.waiting });
  return runUntilStopped(site);
}

function runUntilStopped(site: Site): Attester {
  const stopping = new AbortController();
  const loops = [new Maker(site), new Sender(site)].map(async (part) => {
    try {
      await part.run(stopping.signal);
    } finally {
      stopping.abort();
    }
  });
  const done = Promise.allSettled(loops).then(async (outcomes) => {
    site.client.close();
    await site.spool.close();
    const failed = outcomes.find((outcome) => outcome.status === "rejected");
    if (failed) throw failed.reason;
  });
  return {
    done,
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}

function hostKey({ hostId, keyFile }: ConfiguredHost): KeyObject {
  const key = createPrivateKey(readFileSync(keyFile));
  const isEd25519 = key.asymmetricKeyType === "ed25519";
  const raw = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
  if (!isEd25519 || hostIdOf(raw) !== hostId) {
    throw new ConfigError("CONFIG_INVALID", `${keyFile} is not the Ed25519 key of host ${hostId}`);
  }
  return key;
}
