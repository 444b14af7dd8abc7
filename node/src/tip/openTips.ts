import { randomBytes } from "node:crypto";
import {
  type Ed25519Verify,
  faultBound,
  type Genesis,
  type MemberId,
  type NetworkId,
  tipHourOf,
} from "@comity/protocol";
import type { GossipNetwork } from "../gossip/network.ts";
import type { RealClock } from "../clock.ts";
import type { Startable } from "../lifecycle.ts";
import type { Identity } from "../signing/identity.ts";
import { Certificates } from "./certificates.ts";
import { HourlyLog } from "./hourlyLog.ts";
import { TipHours } from "./tipHours.ts";
import { TipReplicator } from "./tipReplicator.ts";
import { TipServer, type TipServerOptions } from "./tipServer.ts";
import { TipService } from "./tipService.ts";
import { TipStore } from "./tipStore.ts";
import { serveTips } from "./tipStreams.ts";

export interface TipsOptions {
  readonly directory: string;
  readonly networkId: NetworkId;
  readonly genesis: Genesis;
  readonly memberId: MemberId;
  readonly answerTimeoutMs: number;
  /** How many tips of each member this disk keeps, 64 KiB each. */
  readonly cellsPerMember: number;
  /** Where the member's own gateway leaves tips, if it has one. */
  readonly server: TipServerOptions | undefined;
}

export interface TipsDeps {
  readonly network: Pick<GossipNetwork, "serve" | "request" | "onPeer" | "peers">;
  readonly identity: Identity;
  readonly verify: Ed25519Verify;
  readonly clock: RealClock;
  readonly random: () => number;
  readonly log: ConstructorParameters<typeof HourlyLog>[0];
  readonly fatal: (error: Error) => void;
}

export interface Tips {
  readonly store: TipStore;
  readonly certificates: Certificates;
  readonly hours: TipHours;
  readonly service: TipService;
  /** To be started in this order, once the network runs. */
  readonly parts: readonly Startable[];
  readonly server: TipServer | undefined;
}

const writesAtOnce = 64;
const tipsAtOnce = 8;

/** The parts that keep tips on this disk and on other members', wired together; from here on other members can store theirs. */
export async function openTips(options: TipsOptions, deps: TipsDeps): Promise<Tips> {
  const { directory, networkId, genesis, memberId, answerTimeoutMs, cellsPerMember } = options;
  const { network, identity, verify, clock, random, fatal } = deps;
  const { members } = genesis;
  const memberCount = members.length;
  const { index: ownIndex } = identity;
  const log = new HourlyLog(deps.log);
  const hourNow = (): number => tipHourOf(genesis, clock.now());
  const store = await TipStore.open(
    { directory, networkId, ownIndex, cellsPerMember, writesAtOnce },
    { hourNow, fatal },
  );
  const certificates = new Certificates({ directory, networkId, members }, { identity, verify });
  serveTips({ network, store, certificates });
  const shared = { store, certificates, network, clock, log, fatal };
  const hours = new TipHours({ directory, networkId, memberId, genesis }, { ...shared, random: randomBytes });
  const copies = memberCount - faultBound(memberCount);
  const replicator = new TipReplicator(
    { ownIndex, memberCount, copies, answerTimeoutMs, tipsAtOnce },
    { ...shared, random },
  );
  const service = new TipService({ members, answerTimeoutMs }, { ...shared, hours, replicator });
  const server = options.server && new TipServer(options.server, { sources: service, log });
  return {
    store,
    certificates,
    hours,
    service,
    parts: [hours, replicator, ...(server ? [server] : [])],
    server,
  };
}
