import { StatusCode, type Gateway, type Status } from "@hyperledger/fabric-gateway";
import { gateway as gatewayProtos } from "@hyperledger/fabric-protos";
import type { GatewayPool } from "./gatewayPool.ts";
import type { EndorserChoice } from "./endorserChoice.ts";
import { isGatewayDown, LedgerError } from "./ledgerError.ts";

/** An endorsed and signed transaction: these bytes, and no others, are sent until their fate is known. */
export interface SignedTransaction {
  readonly id: string;
  readonly bytes: Uint8Array;
  readonly result: Uint8Array;
}

export interface Proposal {
  readonly channel: string;
  readonly chaincode: string;
  readonly transaction: string;
  readonly args: readonly string[];
}

/** How often the same bytes are sent before their fate is called unknown. */
const ROUNDS = 4;

/**
 * Has a transaction endorsed and signs it. Proposing again, to other organisations or through another gateway, is safe here: nobody else holds our
 * signature.
 */
export async function endorse(
  pool: GatewayPool,
  proposal: Proposal,
  choice?: EndorserChoice,
): Promise<SignedTransaction> {
  return pool.serve(async (gateway) => {
    const endorsed = await endorseThrough(gateway, proposal, choice);
    const signature = await pool.signer(endorsed.getDigest());
    const signed = gateway.newSignedTransaction(endorsed.getBytes(), signature);
    return { id: signed.getTransactionId(), bytes: signed.getBytes(), result: signed.getResult() };
  });
}

async function endorseThrough(gateway: Gateway, proposal: Proposal, choice: EndorserChoice | undefined) {
  const contract = gateway.getNetwork(proposal.channel).getContract(proposal.chaincode);
  const ask = (endorsingOrganizations: string[] | undefined) =>
    contract
      .newProposal(proposal.transaction, {
        arguments: [...proposal.args],
        ...(endorsingOrganizations === undefined ? {} : { endorsingOrganizations }),
      })
      .endorse();
  for (let attempt = 1; choice !== undefined && attempt <= choice.attempts; attempt += 1) {
    const chosen = choice.choose();
    if (chosen === undefined) break;
    try {
      const endorsed = await ask(chosen);
      choice.succeeded(chosen);
      return endorsed;
    } catch (error) {
      // Nobody failed: one whom we named may only lag behind the block that this builds on, and the gateway finds another in its place.
      if (!choice.failed(error)) break;
    }
  }
  return ask(undefined);
}

/**
 * Sends signed bytes until their fate is known. A failed submit is not a failed transaction, so after any error the status
 * decides; when nobody knows it, the same bytes go through the next gateway, and the ledger drops the repeats.
 */
export async function commit(
  pool: GatewayPool,
  channel: string,
  transaction: Pick<SignedTransaction, "id" | "bytes">,
): Promise<bigint> {
  let cause: Error | undefined;
  const rounds = Math.max(ROUNDS, pool.size);
  // A client that is closed meanwhile has no gateway any more; what was sent before may commit all the same.
  for (let round = 0; round === 0 || (round < rounds && !pool.isClosed); round += 1) {
    const gateway = pool.current();
    try {
      await gateway.newTransaction(transaction.bytes).submit();
    } catch (error) {
      // Not where orderers are in trouble, or have seen a repeat: that says nothing of the gateway.
      if (isGatewayDown(error)) pool.leave(gateway);
    }
    const status = await statusOf(pool, channel, transaction.id);
    if (!(status instanceof Error)) return blockOf(status);
    // Once a round at most, or two gateways in trouble would always be met in the same roles.
    pool.leave(gateway);
    cause = status;
  }
  const text = `transaction ${transaction.id} was sent, and no gateway knows whether it was committed`;
  throw new LedgerError("LEDGER_UNKNOWN", text, { cause });
}

/** The status is built by hand: there are no commit bytes before a submit succeeds. */
async function statusOf(pool: GatewayPool, channel: string, id: string): Promise<Status | Error> {
  try {
    const status = await newCommit(pool.current(), pool.creator, channel, id).getStatus();
    // A repeat of ours was the last that this gateway saw; asked again, it answers for the first.
    if (status.code === StatusCode.DUPLICATE_TXID)
      return new Error("only a repeat of the transaction was seen");
    return status;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function newCommit(gateway: Gateway, creator: Uint8Array, channel: string, id: string) {
  const request = new gatewayProtos.CommitStatusRequest();
  request.setChannelId(channel);
  request.setTransactionId(id);
  request.setIdentity(creator);
  const signed = new gatewayProtos.SignedCommitStatusRequest();
  signed.setRequest(request.serializeBinary());
  return gateway.newCommit(signed.serializeBinary());
}

function blockOf(status: Status): bigint {
  if (status.successful) return status.blockNumber;
  if (status.code === StatusCode.MVCC_READ_CONFLICT || status.code === StatusCode.PHANTOM_READ_CONFLICT) {
    const text = `transaction ${status.transactionId} read what another transaction changed before it`;
    throw new LedgerError("LEDGER_CONFLICT", text, { validationCode: status.code });
  }
  const text = `transaction ${status.transactionId} was committed as invalid with Fabric's code ${status.code}`;
  throw new LedgerError("LEDGER_REFUSED", text, { validationCode: status.code });
}
