import { common } from "@hyperledger/fabric-protos";
import type { ChannelPolicy } from "../identity/channelPolicy.ts";
import { type Identity, IdentityError, type MspRegistry } from "../identity/mspRegistry.ts";
import type { LedgerStore } from "../store/ledgerStore.ts";
import { transactionIdOf } from "../wire/hash.ts";
import { timestampMs, type UnpackedProposal } from "../wire/proposal.ts";
import { systemChaincode } from "../definition/systemChaincode.ts";

export interface ProposalCheckDeps {
  readonly msps: MspRegistry;
  readonly policy: ChannelPolicy;
  readonly store: LedgerStore;
  readonly now: () => number;
}

/** Fabric's authentication filters, which sit before the endorser. Undefined when the proposal may pass. */
export function doorRefusal(
  proposal: UnpackedProposal,
  windowMs: number,
  deps: ProposalCheckDeps,
): string | undefined {
  const now = deps.now();
  if (expiryOf(proposal.creator, deps.msps) < now) return "proposal client identity expired";
  const stamped = timestampMs(proposal.channelHeader) ?? 0;
  if (Math.abs(now - stamped) <= windowMs) return undefined;
  return (
    `request unauthorized due to incorrect timestamp ${rfc3339(stamped)}, peer time ${rfc3339(now)}, ` +
    `peer.authentication.timewindow ${goDuration(windowMs)}`
  );
}

function expiryOf(creator: Uint8Array, msps: MspRegistry): number {
  try {
    return msps.resolve(creator).expiresAt;
  } catch {
    return Infinity; // who cannot be resolved is refused by proposalRefusal, as in Fabric
  }
}

function rfc3339(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}

/** Go's time.Duration.String() for the windows that one configures: whole seconds. */
function goDuration(ms: number): string {
  const seconds = ms / 1000;
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  if (h > 0) return `${h}h${m}m${s}s`;
  return m > 0 ? `${m}m${s}s` : `${s}s`;
}

/** Fabric: core/endorser/endorser.go, preProcess. Undefined when the proposal is in order. */
export function proposalRefusal(proposal: UnpackedProposal, deps: ProposalCheckDeps): string | undefined {
  const fault = headerFault(proposal);
  if (fault !== undefined) return `error validating proposal: ${fault}`;
  const creator = verifiedCreator(proposal, deps.msps);
  if (typeof creator === "string") return `error validating proposal: ${creator}`;
  if (deps.store.getTransaction(proposal.txId) !== undefined) {
    return `duplicate transaction found [${proposal.txId}]. Creator [${Buffer.from(proposal.creator).toString("hex")}]`;
  }
  if (proposal.chaincodeName === systemChaincode) return undefined; // it asks for the right to read, by itself
  return deps.policy.refusalOf(proposal.channelId, "Writers", creator);
}

function headerFault(proposal: UnpackedProposal): string | undefined {
  const type = proposal.channelHeader.getType();
  if (type !== common.HeaderType.ENDORSER_TRANSACTION) return `invalid header type ${headerTypeName(type)}`;
  if (proposal.channelHeader.getEpoch() !== 0) return "epoch is non-zero";
  if (proposal.nonce.length === 0) return "nonce is empty";
  if (proposal.creator.length === 0) return "creator is empty";
  const expected = transactionIdOf(proposal.nonce, proposal.creator);
  if (proposal.txId !== expected)
    return `incorrectly computed txid '${proposal.txId}' -- expected '${expected}'`;
  if (proposal.signedProposal.getSignature_asU8().length === 0) return "empty signature bytes";
  return undefined;
}

function headerTypeName(type: number): string {
  return Object.entries(common.HeaderType).find(([, value]) => value === type)?.[0] ?? String(type);
}

/** Who signed the proposal, or why nobody known did. */
function verifiedCreator(proposal: UnpackedProposal, msps: MspRegistry): Identity | string {
  const denied = `access denied: channel [${proposal.channelId}] creator org`;
  try {
    const creator = msps.resolve(proposal.creator);
    const { signedProposal } = proposal;
    const isSigned = creator.verify(
      signedProposal.getProposalBytes_asU8(),
      signedProposal.getSignature_asU8(),
    );
    return isSigned ? creator : `${denied} [${creator.mspId}]`;
  } catch (error) {
    const isKnown = error instanceof IdentityError && error.code === "IDENTITY_INVALID";
    return isKnown ? `${denied} [${error.mspId}]` : `${denied} unknown, creator is malformed`;
  }
}
