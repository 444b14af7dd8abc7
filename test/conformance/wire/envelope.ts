// Transactions that are changed after they were endorsed.
import { common, ledger, peer } from "@hyperledger/fabric-protos";
import { type Caller, type Identity, serialized, sign, type Step } from "../network/caller.ts";
import { endorse, statusOf, submit } from "./call.ts";
import { makeProposal } from "./proposal.ts";

export async function signEnvelope(envelope: common.Envelope, identity: Identity): Promise<common.Envelope> {
  envelope.setSignature(await sign(identity, envelope.getPayload_asU8()));
  return envelope;
}

/** The envelope with another payload, and no signature. */
export async function changePayload(
  envelope: common.Envelope,
  change: (payload: common.Payload) => void | Promise<void>,
): Promise<common.Envelope> {
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  await change(payload);
  const changed = new common.Envelope();
  changed.setPayload(payload.serializeBinary());
  return changed;
}

export function changeHeader(
  envelope: common.Envelope,
  change: (header: common.ChannelHeader) => void,
): Promise<common.Envelope> {
  return changePayload(envelope, (payload) => {
    const header = payload.getHeader() ?? new common.Header();
    const channelHeader = common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8());
    change(channelHeader);
    header.setChannelHeader(channelHeader.serializeBinary());
  });
}

export interface Endorsed {
  /** ProposalResponsePayload. */
  readonly response: peer.ProposalResponsePayload;
  readonly action: peer.ChaincodeAction;
  readonly endorsed: peer.ChaincodeEndorsedAction;
  readonly payload: peer.ChaincodeActionPayload;
  readonly transaction: peer.Transaction;
}

/** What the endorsers signed and their signatures; whatever `change` leaves is put together again. */
export function changeEndorsed(
  envelope: common.Envelope,
  change: (parts: Endorsed) => void | Promise<void>,
): Promise<common.Envelope> {
  return changePayload(envelope, async (outer) => {
    const transaction = peer.Transaction.deserializeBinary(outer.getData_asU8());
    const [only] = transaction.getActionsList();
    const payload = peer.ChaincodeActionPayload.deserializeBinary(only!.getPayload_asU8());
    const endorsed = payload.getAction()!;
    const response = peer.ProposalResponsePayload.deserializeBinary(
      endorsed.getProposalResponsePayload_asU8(),
    );
    const action = peer.ChaincodeAction.deserializeBinary(response.getExtension_asU8());
    await change({ response, action, endorsed, payload, transaction });
    response.setExtension$(action.serializeBinary());
    endorsed.setProposalResponsePayload(response.serializeBinary());
    only!.setPayload(payload.serializeBinary());
    outer.setData(transaction.serializeBinary());
  });
}

/** Endorsements of whatever the parts say now. */
export async function endorseAgain(parts: Endorsed, endorsers: readonly Identity[]): Promise<void> {
  parts.response.setExtension$(parts.action.serializeBinary());
  const bytes = parts.response.serializeBinary();
  const list = endorsers.map(async (identity) => {
    const endorsement = new peer.Endorsement();
    endorsement.setEndorser(serialized(identity));
    endorsement.setSignature(await sign(identity, Buffer.concat([bytes, serialized(identity)])));
    return endorsement;
  });
  parts.endorsed.setEndorsementsList(await Promise.all(list));
}

/** Read-write sets, by namespace. */
export function results(action: peer.ChaincodeAction): ledger.rwset.TxReadWriteSet {
  return ledger.rwset.TxReadWriteSet.deserializeBinary(action.getResults_asU8());
}

/** With which validation code a transaction that was changed goes into its block. */
export async function codeOfChanged(
  caller: Caller,
  steps: readonly Step[],
  change: (envelope: common.Envelope) => Promise<common.Envelope>,
): Promise<number> {
  const proposal = await makeProposal(caller.identity, steps);
  const changed = await change(await endorse(caller.raw, proposal));
  await submit(caller.raw, await signEnvelope(changed, caller.identity), proposal.txId);
  return statusOf(caller.raw, caller.identity, proposal.txId);
}
