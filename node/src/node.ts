import { type Core, type NodeDeps, openCore } from "./compose/core.ts";
import { startConsole } from "./compose/consoleParts.ts";
import { type CosigningParts, openCosigningParts } from "./compose/cosigningParts.ts";
import { startDutyParts } from "./compose/dutyParts.ts";
import { answerTimeoutMs, type EvidenceParts, openEvidenceParts } from "./compose/evidenceParts.ts";
import { startIntakeParts } from "./compose/intakeParts.ts";
import { type LedgerParts, startLedgerParts } from "./compose/ledgerParts.ts";
import type { NodeConfig } from "./config.ts";
import { Lifecycle } from "./lifecycle.ts";
import { openTips, type Tips } from "./tip/index.ts";

export type { NodeDeps };

export interface ComityNode {
  readonly ports: { readonly intake: number; readonly console: number; readonly tips?: number };
  readonly peerId: string;
  readonly addresses: readonly string[];
  stop(): Promise<void>;
}

/** Starts a member's node. What had started stops again where something fails. */
export async function startNode(config: NodeConfig, deps: NodeDeps): Promise<ComityNode> {
  const life = new Lifecycle(deps);
  try {
    return await compose(await openCore(config, deps, life));
  } catch (error) {
    await life.stop();
    throw error;
  }
}

/** All parts of the node, top to bottom, each started when what it rests on runs. */
async function compose(core: Core): Promise<ComityNode> {
  const { life } = core;
  const ledgerParts = await startLedgerParts(core);
  const evidenceParts = await openEvidenceParts(core, ledgerParts);
  const cosigning = await openCosigningParts(core, ledgerParts, evidenceParts);
  const tips = await openTipParts(core, ledgerParts, evidenceParts);
  await startAmongMembers(core, { ...ledgerParts, ...evidenceParts, ...cosigning });
  const intake = await startIntakeParts(core, ledgerParts, evidenceParts);
  for (const part of tips.parts) await life.start(part);
  const { network } = evidenceParts;
  const duties = await startDutyParts(core, ledgerParts, { network, cosigning, intakePort: intake.port });
  const parts = { ...ledgerParts, ...evidenceParts, ...cosigning, ...intake, ...duties };
  const console = await startConsole(core, parts, tips);
  const ports = {
    ...{ intake: intake.port, console: console.port },
    ...(tips.server && { tips: tips.server.port }),
  };
  return { ports, peerId: network.peerId, addresses: network.addresses, stop: () => life.stop() };
}

/** A gibibyte of tips for each member. */
const cellsPerMember = 16_384;

function openTipParts(
  core: Core,
  { identity, holdsShare }: LedgerParts,
  { network }: EvidenceParts,
): Promise<Tips> {
  const { config, networkId, genesis, memberId } = core;
  return openTips(
    {
      ...{ directory: core.inData("tips"), networkId, genesis, memberId, answerTimeoutMs, cellsPerMember },
      // Who checks a receipt offline knows the founders' identity keys.
      server: holdsShare ? config.tips : undefined,
    },
    { ...core, network, identity, log: core.logOf("tips") },
  );
}

/** Once everybody's streams and topics are open on the network, it starts, and then they. */
async function startAmongMembers(
  { life }: Core,
  parts: LedgerParts & EvidenceParts & CosigningParts,
): Promise<void> {
  const { network, replicator, checkpoints, summaries, cosigner, duties, detector } = parts;
  for (const part of [network, replicator, checkpoints, summaries, cosigner, duties]) await life.start(part);
  if (parts.holdsShare) await life.start(detector);
}
