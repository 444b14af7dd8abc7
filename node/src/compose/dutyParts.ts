import { randomBytes } from "node:crypto";
import { keyWindowMs } from "@comity/protocol";
import { loadPeerKey, signPeerClaim } from "../gossip/index.ts";
import { KeyCeremony } from "../keygen/keyCeremony.ts";
import { KeyVault } from "../keygen/keyVault.ts";
import { KeyWork } from "../keygen/keyWork.ts";
import { BucketCloser } from "../ledger/bucketCloser.ts";
import { Registration } from "../ledger/registration.ts";
import type { Core } from "./core.ts";
import { type CosigningParts, staggerMs } from "./cosigningParts.ts";
import { type EvidenceParts, peerKeyFile } from "./evidenceParts.ts";
import type { LedgerParts } from "./ledgerParts.ts";

/** What a node owes the ledger: its address, its part of the key, the time. */
export interface DutyParts {
  readonly registration: Registration;
  readonly ceremony: KeyCeremony;
}

/** The ledger's own window on an evaluation network is shorter than a busy machine needs to start a node anew. */
const leastKeyWindowMs = 20_000;

export async function startDutyParts(
  core: Core,
  ledgerParts: LedgerParts,
  {
    network,
    cosigning,
    intakePort,
  }: Pick<EvidenceParts, "network"> & {
    readonly cosigning: CosigningParts;
    readonly intakePort: number;
  },
): Promise<DutyParts> {
  const { config, life, genesis, networkId, memberId, logOf } = core;
  const { identity, holdsShare } = ledgerParts;
  const address = {
    peerId: network.peerId,
    addresses: config.gossip.announce ?? network.addresses,
    intakeAddress: config.intake.announce ?? `${config.intake.host}:${intakePort}`,
  };
  const signature = await signPeerClaim(await loadPeerKey(peerKeyFile(core)), networkId, memberId);
  const deps = { ...core, ...ledgerParts };
  const registration = new Registration(
    { memberId, address, signature },
    { ...deps, log: logOf("registration") },
  );
  await life.start(registration);
  const ceremony = ceremonyOf(core, ledgerParts, cosigning);
  if (holdsShare) await life.start(ceremony);
  const { index } = identity;
  await life.start(new BucketCloser({ genesis, index, staggerMs }, { ...deps, log: logOf("buckets") }));
  return { registration, ceremony };
}

function ceremonyOf(
  core: Core,
  { ledger, view, identity }: LedgerParts,
  { shares, cosigner }: CosigningParts,
): KeyCeremony {
  const { config, genesis, networkId, memberCount, clock, random, emit } = core;
  const windowMs = Math.max(keyWindowMs(genesis.mode), config.keyWindowMs ?? leastKeyWindowMs);
  const { threshold } = genesis;
  return new KeyCeremony(
    { index: identity.index, memberCount, threshold, windowMs, staggerMs, patienceMs: config.keyPatienceMs },
    {
      ...{ ledger, view, shares, clock, random, emit, log: core.logOf("keygen") },
      vault: new KeyVault(core.inData("keys")),
      signer: cosigner.signer,
      work: new KeyWork({ networkId, genesis }, { identity, random: randomBytes }),
    },
  );
}
