import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import type { LocalFabric, SearchPath } from "@comity/fabric";
import {
  equalBytes,
  encodeCanonical,
  memberClaimBytes,
  membershipRequest,
  type MembershipRequest,
  parseMemberId,
  parseNetworkId,
  type RegisterView,
  sha256,
  toHex,
} from "@comity/protocol";
import { CliError } from "../../cliError.ts";
import { createMember, jsonText, namedPorts, portsOn, topologyOf } from "../createNetwork.ts";
import { freePorts } from "../freePorts.ts";
import type { Layout } from "../layout.ts";
import { localFabric } from "./localFabric.ts";
import { memberIdentityKey, signAsMember } from "../memberIdentity.ts";
import { decodeNetwork, type Network, type NetworkMember, readNetwork } from "../networkFile.ts";
import { mspIdOf, type State, states } from "../states.ts";

export interface DraftDeps {
  readonly search: SearchPath;
  readonly now: () => number;
}

/** A change of the members that is prepared: what is voted on, and the update of the channel that the vote names. */
export interface Draft {
  readonly request: MembershipRequest;
  readonly update: Uint8Array;
}

/** Draws a state's keys and ports, and the update of the channel with which it joins. @throws CliError, FabricError */
export async function draftJoin(
  layout: Layout,
  register: RegisterView,
  { memberId, reason }: { readonly memberId?: string | undefined; readonly reason: string },
  deps: DraftDeps,
): Promise<Draft> {
  const network = readNetwork(layout);
  const state = stateToJoin(register, memberId);
  await createOnce(layout, state, deps.now);
  const names = portsOn("fabric");
  const ports = namedPorts(names, await freePorts(names.length));
  const newcomer = { ...state, mspId: mspIdOf(state.memberId), ports };
  const next = decodeNetwork({ ...network, members: [...network.members, newcomer] });
  const update = await channelUpdate(layout, next, register, deps);
  const networkId = parseNetworkId(network.genesis);
  const id = parseMemberId(state.memberId);
  const claim = memberClaimBytes(networkId, id, newcomer.mspId);
  const member = {
    ...{ memberId: id, name: state.name, mspId: newcomer.mspId },
    identityKey: memberIdentityKey(layout, id),
    signature: signAsMember(layout, id, claim),
  };
  return keepDraft(layout, update, { change: "join", registerRev: register.rev, reason, member });
}

/** The update of the channel with which a member leaves. @throws CliError, FabricError */
export async function draftLeave(
  layout: Layout,
  register: RegisterView,
  { memberId, reason }: { readonly memberId: string; readonly reason: string },
  deps: DraftDeps,
): Promise<Draft> {
  const network = readNetwork(layout);
  const members = network.members.filter((member) => member.memberId !== memberId);
  if (members.length === network.members.length)
    throw new CliError("USAGE", `"${memberId}" is not a member of this coalition.`);
  if (members.length < 4) throw new CliError("MEMBER_CHANGE", "A coalition keeps at least four members.");
  const update = await channelUpdate(layout, decodeNetwork({ ...network, members }), register, deps);
  return keepDraft(layout, update, { change: "leave", registerRev: register.rev, reason, memberId });
}

/** @throws CliError MEMBER_CHANGE where none is prepared, or the update is not the one that the change names */
export async function readDraft(layout: Layout): Promise<Draft> {
  const draft = await preparedIn(layout);
  if (toHex(sha256(draft.update)) === draft.request.configUpdate) return draft;
  throw new CliError(
    "MEMBER_CHANGE",
    `${layout.changeUpdateFile} is not the update that ${layout.changeFile} names.`,
  );
}

async function preparedIn(layout: Layout): Promise<Draft> {
  try {
    const request = membershipRequest(JSON.parse(await readFile(layout.changeFile, "utf8")));
    return { request, update: await readFile(layout.changeUpdateFile) };
  } catch (cause) {
    const text = "No change of the members is prepared: see `comity fabric prepare --help`.";
    throw new CliError("MEMBER_CHANGE", text, { cause });
  }
}

/** That changed the channel. */
export interface ChannelBlock {
  readonly number: number;
  readonly bytes: Uint8Array;
}

/** The newest block that changed the channel, if it did so by this update. @throws FabricError */
export async function blockWith(fabric: LocalFabric, update: Uint8Array): Promise<ChannelBlock | undefined> {
  const newest = await fabric.newestConfigBlock();
  return newest.update !== undefined && equalBytes(newest.update, update) ? newest : undefined;
}

/**
 * A change that the channel has must come to its end first: without its files nobody could, and after another change of the channel nobody would find it.
 * @throws CliError MEMBER_CHANGE
 */
export async function assertNotBegun(layout: Layout, fabric: LocalFabric): Promise<void> {
  if (!existsSync(layout.changeFile)) return;
  const { update } = await preparedIn(layout);
  if ((await blockWith(fabric, update)) === undefined) return;
  throw new CliError(
    "MEMBER_CHANGE",
    "A change of the members was interrupted half-way. End it first, with `comity fabric apply`.",
  );
}

export async function dropDraft(layout: Layout): Promise<void> {
  const { changeFile, changeUpdateFile, changeBlockFile, nextNetworkFile, nextTopologyFile } = layout;
  for (const file of [changeFile, changeUpdateFile, changeBlockFile, nextNetworkFile, nextTopologyFile])
    await rm(file, { force: true });
}

/** Puts a prepared file in the place of the one that holds; an earlier, interrupted attempt may have done so. */
export async function takeEffect(next: string, file: string): Promise<void> {
  if (existsSync(next)) await rename(next, file);
}

/**
 * The network that the channel has, where a change was interrupted after the topology had taken effect: with a member that is about to join, or without
 * one that has left. Undefined where none was.
 */
export function networkOnChannel(layout: Layout): Network | undefined {
  const { nextNetworkFile, nextTopologyFile } = layout;
  if (!existsSync(nextNetworkFile) || existsSync(nextTopologyFile)) return undefined;
  return readNetwork(layout, nextNetworkFile);
}

/** Whoever has left the channel is not waited for when the others start. */
export async function settleLeave(layout: Layout): Promise<void> {
  const next = networkOnChannel(layout);
  if (next === undefined || next.members.length > readNetwork(layout).members.length) return;
  await takeEffect(layout.nextNetworkFile, layout.networkFile);
}

function stateToJoin({ members }: RegisterView, wanted: string | undefined): State {
  const isMember = ({ memberId }: State): boolean => members.some((member) => member.memberId === memberId);
  const state = states.find((each) => (wanted === undefined ? !isMember(each) : each.memberId === wanted));
  if (state !== undefined && !isMember(state)) return state;
  const free = states.filter((each) => !isMember(each)).map(({ memberId }) => memberId);
  throw new CliError("USAGE", `On this machine one of these can join: ${free.join(", ")}.`);
}

/** Its folder appears whole or not at all; a state that was a member before keeps its keys. */
async function createOnce(layout: Layout, state: State, now: () => number): Promise<void> {
  const folder = layout.member(state.memberId);
  if (existsSync(folder)) return;
  const draft = layout.draftOf(state.memberId);
  await rm(draft.root, { recursive: true, force: true });
  await mkdir(draft.root, { mode: 0o700 });
  await createMember(draft, state, "fabric", now);
  await rename(draft.member(state.memberId), folder);
  await rm(draft.root, { recursive: true });
}

async function channelUpdate(
  layout: Layout,
  next: Network,
  register: RegisterView,
  { search }: DraftDeps,
): Promise<Uint8Array> {
  await assertNotBegun(layout, await localFabric(layout, search));
  await dropDraft(layout);
  const topology = topologyOf(layout, next, (member) => placeOf(member, register));
  // In this order: a network without a topology beside it is one whose topology has taken effect.
  await writeFile(layout.nextTopologyFile, jsonText(topology));
  await writeFile(layout.nextNetworkFile, jsonText(next));
  const fabric = await localFabric(layout, search, { topologyFile: layout.nextTopologyFile });
  await fabric.write();
  const update = await fabric.missingUpdate();
  if (update !== undefined) return update;
  throw new CliError("MEMBER_CHANGE", "The channel has just these members already.");
}

/** What the ledger's register will say: a member keeps its place for ever. */
function placeOf({ memberId }: NetworkMember, { members, former }: RegisterView): number {
  const known = [...members, ...former];
  const own = known.find((member) => member.memberId === memberId);
  return own?.index ?? Math.max(...known.map(({ index }) => index)) + 1;
}

async function keepDraft(
  layout: Layout,
  update: Uint8Array,
  request: Readonly<Record<string, unknown>>,
): Promise<Draft> {
  const whole = membershipRequest({ ...request, configUpdate: toHex(sha256(update)) });
  await writeFile(layout.changeUpdateFile, update);
  await writeFile(layout.changeFile, encodeCanonical(whole));
  return { request: whole, update };
}
