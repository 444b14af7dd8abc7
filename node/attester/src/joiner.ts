import { policyTime } from "@comity/protocol";
import { firstChain, fromDocument, type HostChain } from "./hostChain.ts";
import { type HostAnswer, IntakeError } from "./intakeClient.ts";
import { type ConfiguredHost, noteNonceEpoch, type Site } from "./site.ts";

const AT_ONCE = 8;

/** Asks the node where hosts stand. A host that is not enrolled yet is asked about again later; the others go on. */
export async function joinHosts(site: Site, signal: AbortSignal): Promise<void> {
  const hosts = [...site.unknown].flatMap((hostId) => site.hosts.get(hostId) ?? []);
  for (let at = 0; at < hosts.length; at += AT_ONCE) {
    await Promise.all(hosts.slice(at, at + AT_ONCE).map((host) => joinHost(site, host, signal)));
  }
}

async function joinHost(site: Site, { hostId }: ConfiguredHost, signal: AbortSignal): Promise<void> {
  try {
    const answer = await site.client.host(hostId, signal);
    noteNonceEpoch(site, answer.nonceEpoch);
    const chain = chainToFollow(site, hostId, answer);
    if (chain) site.spool.adopt(chain);
    site.unknown.delete(hostId);
  } catch (error) {
    if (!(error instanceof IntakeError) || error.code !== "INTAKE_UNKNOWN_HOST") throw error;
  }
}

/** The node's chain where ours does not go on from it by what waits in the spool. A new boot count says that something was lost between. */
function chainToFollow(
  site: Site,
  hostId: ConfiguredHost["hostId"],
  answer: HostAnswer,
): HostChain | undefined {
  const ours = site.spool.chains.get(hostId);
  const theirs = BigInt(answer.segmentNumber);
  const isAhead = ours !== undefined && ours.segmentNumber > theirs && site.spool.waiting > 0;
  if (isAhead || ours?.segmentNumber === theirs) return undefined;
  if (theirs === 0n) return firstChain(hostId, firstStart(site));
  const { bootCount, segmentNumber, endMs, accelerators } = answer;
  const boot = Math.max(bootCount, ours?.bootCount ?? 0) + 1;
  return fromDocument({ hostId, bootCount: boot, segmentNumber, endMs, accelerators });
}

function firstStart({ config, clock }: Site): number {
  const from = config.startPolicyMs ?? policyTime(config.clock, clock.now());
  return Math.floor(from / config.segmentIntervalMs) * config.segmentIntervalMs;
}
