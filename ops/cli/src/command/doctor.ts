import { type MembershipDocument, sha256, toHex } from "@comity/protocol";
import type { Finding, SearchPath } from "@comity/fabric";
import { findChange } from "../coalition/fabric/adoptedChange.ts";
import { localFabric } from "../coalition/fabric/localFabric.ts";
import { refuseEmbedded } from "../coalition/networkFile.ts";
import { table } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import { readRegister } from "./member.ts";
import { asOfficer, findNetwork, firstMember } from "./network.ts";

/**
 * Compares the members that the ledger's register has with the channel that carries the ledger: who may endorse, who orders, and how many must agree.
 * @returns whether they agree
 */
export async function doctor(dataDir: string, search: SearchPath, out: Terminal): Promise<boolean> {
  const found = findNetwork(dataDir);
  refuseEmbedded(found.network);
  const { register, change } = await asOfficer(found, firstMember(found), async (ledger) => {
    const read = await readRegister(ledger);
    const { membershipId } = read;
    return { register: read, change: membershipId && (await findChange(ledger, membershipId)) };
  });
  const fabric = await localFabric(found.layout, search);
  const findings = await fabric.inspect(register.members);
  if (change) findings.push(await votedFinding(change, (block) => fabric.updateInBlock(block)));
  const ok = findings.every(({ holds }) => holds);
  const rows = findings.map(({ what, holds, found: instead }) => [
    holds ? "✔" : "✘",
    what,
    holds ? "" : instead,
  ]);
  const verdict = ok ? "Register and channel agree." : "Register and channel differ: see network/fabric.";
  out.result({ ok, findings }, [...table(["", "what must be so", "found"], rows), "", verdict]);
  return ok;
}

/** The member that activated a change answers for the block that it named. */
async function votedFinding(
  { request, activation }: MembershipDocument,
  updateIn: (block: number) => Promise<Uint8Array | undefined>,
): Promise<Finding> {
  const { configBlock = 0, by = "?" } = activation ?? {};
  const update = await updateIn(configBlock);
  const found = update === undefined ? "no update" : toHex(sha256(update));
  const what = `block ${configBlock} changed the channel as the members voted`;
  return { what, holds: found === request.configUpdate, found: `${found}, named by ${by}` };
}
