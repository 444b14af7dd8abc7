import { bucketOf, nodeRequest, type RegisterMember } from "@comity/protocol";
import { Returns, Transaction } from "fabric-contract-api";
import { documentArgument, integerArgument, pageSizeArgument } from "../ledger/argument.ts";
import { assertMember, authenticate, authenticateReader, callerMsp } from "../ledger/caller.ts";
import { LedgerContext } from "../ledger/ledgerContext.ts";
import { LedgerContract, result } from "../ledger/ledgerContract.ts";
import { LedgerError } from "../ledger/ledgerError.ts";
import { membersOf } from "../ledger/members.ts";
import { revisionAfter } from "../ledger/table.ts";
import { ONLY, tables } from "../ledger/tables.ts";
import { closePhase, closingPhase } from "./keyClosing.ts";
import { readKeySession } from "./keyQuery.ts";
import { accept, accuse, activate, confirm, deal, propose, signRecord } from "./keyTransactions.ts";
import { activateMembership, membershipOf, proposeMembership } from "./membershipTransactions.ts";
import {
  admitGenesis,
  assertClosable,
  assertOwnPeer,
  foundingOrganisations,
  registerNode,
} from "./registerRules.ts";
import { proposeSurety, readSurety } from "./suretyTransactions.ts";

/** Who belongs to the coalition, what time it is for it, and how its members make the key with which they speak together. */
export class CoalitionContract extends LedgerContract {
  constructor() {
    super("coalition");
  }

  /** Founds the network. The record names its members, so it says itself who may bring it. */
  @Transaction()
  @Returns("string")
  async Genesis(ctx: LedgerContext, record: string): Promise<string> {
    const { id: networkId } = ctx.network;
    const organisations = foundingOrganisations(admitGenesis(record, ctx.network));
    const callersMsp = callerMsp(ctx);
    const caller = organisations.find(({ mspId }) => mspId === callersMsp);
    if (caller === undefined)
      throw new LedgerError("CALLER_UNKNOWN", "the caller's organisation is not in the genesis record");
    if (!ctx.clientIdentity.assertAttributeValue("comity.role", "officer")) {
      throw new LedgerError("CALLER_ROLE", "this takes the role officer");
    }
    if ((await ctx.table(tables.genesis).find(ONLY)) !== undefined) return result({ networkId });
    const document = { ...revisionAfter(), text: record };
    await ctx.table(tables.genesis).put(document, ONLY);
    for (const organisation of organisations)
      await ctx.table(tables.organisation).put(organisation, organisation.mspId);
    ctx.emit("genesis", networkId, document);
    return result({ networkId });
  }

  @Transaction()
  @Returns("string")
  async RegisterNode(ctx: LedgerContext, request: string): Promise<string> {
    const caller = await authenticate(ctx, "node");
    const wanted = documentArgument(request, nodeRequest);
    assertMember(caller, wanted.memberId);
    assertOwnPeer(wanted, ctx.network.id);
    const existing = await ctx.table(tables.node).find(wanted.memberId);
    const registration = registerNode(wanted, existing);
    if (registration === undefined) return result(existing);
    const claim = await ctx.table(tables.peer).find(wanted.peerId);
    if (claim === undefined) {
      await ctx.table(tables.peer).put({ ...revisionAfter(), memberId: wanted.memberId }, wanted.peerId);
    } else if (claim.memberId !== wanted.memberId) {
      throw new LedgerError("PEER_TAKEN", "this peer id belongs to another member");
    }
    await ctx.table(tables.node).put(registration, wanted.memberId);
    ctx.emit("node-registered", wanted.memberId, registration);
    return result(registration);
  }

  @Transaction(false)
  @Returns("string")
  async ReadRegister(ctx: LedgerContext): Promise<string> {
    await authenticateReader(ctx);
    const { id: networkId, genesis } = ctx.network;
    const { rev, active, former, document } = await membersOf(ctx);
    const members = await Promise.all(active.map((member) => withNode(ctx, member)));
    const { membershipId } = document ?? {};
    return result({
      networkId,
      mode: genesis.mode,
      clock: genesis.clock,
      rev,
      members,
      former,
      membershipId,
    });
  }

  /** The exact bytes whose hash is the network's id. */
  @Transaction(false)
  @Returns("string")
  async ReadGenesis(ctx: LedgerContext): Promise<string> {
    await authenticateReader(ctx);
    return ctx.network.text;
  }

  /** One member's vote for a member more, or one less. */
  @Transaction()
  @Returns("string")
  async ProposeMembership(ctx: LedgerContext, request: string): Promise<string> {
    return result(await proposeMembership(ctx, await authenticate(ctx, "officer"), request));
  }

  /** Puts a change of the members in force that a quorum voted for, once the channel has it. */
  @Transaction()
  @Returns("string")
  async ActivateMembership(ctx: LedgerContext, membershipId: string, configBlock: string): Promise<string> {
    const caller = await authenticate(ctx, "officer");
    const block = integerArgument(configBlock, "the block");
    return result(await activateMembership(ctx, caller, membershipId, block));
  }

  @Transaction(false)
  @Returns("string")
  async ReadMembership(ctx: LedgerContext, membershipId: string): Promise<string> {
    await authenticateReader(ctx);
    return result(await membershipOf(ctx, membershipId));
  }

  /** Changes of the members that were ever proposed, by id. */
  @Transaction(false)
  @Returns("string")
  async ListMemberships(ctx: LedgerContext, pageSize: string, bookmark: string): Promise<string> {
    await authenticateReader(ctx);
    const page = await ctx.index("membership").list({ pageSize: pageSizeArgument(pageSize), bookmark });
    const items = await Promise.all(page.items.map((id) => membershipOf(ctx, id)));
    return result({ items, bookmark: page.bookmark });
  }

  /** One member's vote to admit an insurer. */
  @Transaction()
  @Returns("string")
  async ProposeSurety(ctx: LedgerContext, request: string): Promise<string> {
    return result(await proposeSurety(ctx, await authenticate(ctx, "officer"), request));
  }

  @Transaction(false)
  @Returns("string")
  async ReadSurety(ctx: LedgerContext, suretyId: string): Promise<string> {
    await authenticateReader(ctx);
    return result(await readSurety(ctx, suretyId));
  }

  @Transaction()
  @Returns("string")
  async CloseBucket(ctx: LedgerContext, bucketNumber: string): Promise<string> {
    await authenticate(ctx, "node", "officer");
    const bucket = integerArgument(bucketNumber, "the bucket");
    const { clock } = ctx.network.genesis;
    if (await ctx.isClosed(bucket)) return result({ bucket });
    const isPreviousClosed = bucket > bucketOf(clock, clock.originMs) && (await ctx.isClosed(bucket - 1));
    const closedMs = ctx.realMs();
    assertClosable(clock, bucket, closedMs, isPreviousClosed);
    const document = { ...revisionAfter(), bucket, closedMs };
    await ctx.table(tables.closed).put(document, bucket);
    ctx.emit("bucket-closed", String(bucket), document);
    return result({ bucket });
  }

  @Transaction()
  @Returns("string")
  async ProposeKey(ctx: LedgerContext, proposal: string): Promise<string> {
    await authenticate(ctx, "node");
    return result(await propose(ctx, proposal));
  }

  @Transaction()
  @Returns("string")
  async AcceptKey(ctx: LedgerContext, acceptance: string): Promise<string> {
    return result(await accept(ctx, await authenticate(ctx, "node"), acceptance));
  }

  @Transaction()
  @Returns("string")
  async Deal(ctx: LedgerContext, contribution: string): Promise<string> {
    const { index, attempt, rev } = await deal(ctx, await authenticate(ctx, "node"), contribution);
    return result({ attempt, index, rev });
  }

  @Transaction()
  @Returns("string")
  async ClosePhase(ctx: LedgerContext, attempt: string, phase: string): Promise<string> {
    const { organisation } = await authenticate(ctx, "node");
    return result(
      await closePhase(ctx, organisation.index, integerArgument(attempt, "the attempt"), closingPhase(phase)),
    );
  }

  @Transaction()
  @Returns("string")
  async AccuseDealer(ctx: LedgerContext, accusation: string): Promise<string> {
    return result(await accuse(ctx, await authenticate(ctx, "node"), accusation));
  }

  @Transaction()
  @Returns("string")
  async ConfirmKey(ctx: LedgerContext, confirmation: string): Promise<string> {
    return result(await confirm(ctx, await authenticate(ctx, "node"), confirmation));
  }

  @Transaction()
  @Returns("string")
  async SignRecord(ctx: LedgerContext, signature: string): Promise<string> {
    return result(await signRecord(ctx, await authenticate(ctx, "node"), signature));
  }

  @Transaction()
  @Returns("string")
  async ActivateKey(ctx: LedgerContext, attempt: string): Promise<string> {
    await authenticate(ctx, "node");
    return result(await activate(ctx, integerArgument(attempt, "the attempt")));
  }

  @Transaction(false)
  @Returns("string")
  async ReadKeySession(ctx: LedgerContext): Promise<string> {
    await authenticateReader(ctx);
    return result(await readKeySession(ctx));
  }

  @Transaction(false)
  @Returns("string")
  async ReadEpochs(ctx: LedgerContext): Promise<string> {
    await authenticateReader(ctx);
    const head = await ctx.table(tables.epochHead).find(ONLY);
    const numbers = Array.from({ length: head?.keyEpoch ?? 0 }, (_, position) => position + 1);
    const documents = await Promise.all(numbers.map((keyEpoch) => ctx.table(tables.epoch).find(keyEpoch)));
    return result({ epochs: documents.map((document) => document?.epoch) });
  }
}

async function withNode(ctx: LedgerContext, member: RegisterMember): Promise<RegisterMember> {
  const registration = await ctx.table(tables.node).find(member.memberId);
  if (registration === undefined) return member;
  const { peerId, addresses, intakeAddress, rev } = registration;
  return { ...member, node: { peerId, addresses, intakeAddress, rev } };
}
