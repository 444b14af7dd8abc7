import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { changeReason, membershipId, sha256, toHex } from "@comity/protocol";
import { CliError } from "../cliError.ts";
import { askSupervisor, type Chore } from "../coalition/fabric/control.ts";
import { draftJoin, draftLeave, readDraft } from "../coalition/fabric/membershipDraft.ts";
import { memberOf, refuseEmbedded } from "../coalition/networkFile.ts";
import { programOf } from "../coalition/processes.ts";
import { documentOf } from "./documentFile.ts";
import type { FabricDeps } from "./fabric.ts";
import { readRegister, sentenceOf } from "./member.ts";
import { asOfficer, findNetwork, firstMember } from "./network.ts";

export interface PrepareOptions {
  readonly dataDir: string;
  readonly reason: string;
  readonly memberId?: string | undefined;
}

/** Makes the file that members vote on, and the update of the channel that it names. Nothing changes yet. */
export async function prepareChange(
  change: "join" | "leave",
  { dataDir, ...options }: PrepareOptions,
  { out, search, now }: FabricDeps,
): Promise<void> {
  const found = findNetwork(dataDir);
  refuseEmbedded(found.network);
  documentOf(changeReason, options.reason, "The reason cannot be put on the ledger");
  const { layout } = found;
  const register = await asOfficer(found, firstMember(found), readRegister);
  const { memberId = "", reason } = options;
  const { request, update } = await (change === "join"
    ? draftJoin(layout, register, options, { search, now })
    : draftLeave(layout, register, { memberId, reason }, { search, now }));
  const { changeFile: file, changeUpdateFile: updateFile } = layout;
  const id = membershipId(request);
  out.result({ ok: true, membershipId: id, file, updateFile, configUpdate: toHex(sha256(update)) }, [
    `Prepared: ${sentenceOf(request)}. Nothing has changed yet.`,
    `  what is voted on        ${file}`,
    `  update of the channel   ${updateFile}`,
    `  its SHA-256             ${request.configUpdate}`,
    "Next: each member's officer votes, and once a quorum has:",
    `  comity member vote ${file} --member … --data-dir ${layout.root}`,
    `  comity fabric apply --data-dir ${layout.root}`,
  ]);
}

/** Carries out the prepared change, once the members have voted for it. */
export async function applyChange(dataDir: string, deps: FabricDeps): Promise<void> {
  const { layout, network } = findNetwork(dataDir);
  refuseEmbedded(network);
  const { request } = await readDraft(layout);
  await chore(dataDir, { do: "change-members" }, `Done: ${sentenceOf(request)}.`, deps);
}

/** Puts another chaincode in force, by default the one that is built. */
export async function upgradeChaincode(
  { dataDir, program }: { readonly dataDir: string; readonly program?: string | undefined },
  deps: FabricDeps,
): Promise<void> {
  const programFile = program === undefined ? programOf("@comity/chaincode").script : resolve(program);
  if (!existsSync(programFile)) throw new CliError("FILE_UNREADABLE", `${programFile} is not there.`);
  await chore(dataDir, { do: "upgrade", programFile }, "The chaincode is in force at all members.", deps);
}

/** Has the process that runs the network do something, and says how long it took. */
export async function chore(
  dataDir: string,
  wanted: Chore,
  done: string,
  { out, now, startedMs }: FabricDeps,
): Promise<void> {
  const { layout, network } = findNetwork(dataDir);
  refuseEmbedded(network);
  if ("memberId" in wanted) memberOf(network, wanted.memberId);
  await askSupervisor(layout, wanted);
  const durationMs = Math.round(now() - startedMs);
  out.result({ ok: true, durationMs }, [`${done} It took ${(durationMs / 1000).toFixed(1)} s.`]);
}
