import { registerView } from "@comity/protocol";
import type { SearchPath } from "@comity/fabric";
import { localFabric } from "../coalition/localFabric.ts";
import { refuseEmbedded } from "../coalition/networkFile.ts";
import { table } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import { asOfficer, findNetwork, firstMember } from "./network.ts";

/**
 * Compares the members that the ledger's register has with the channel that carries the ledger: who may endorse, who orders, and how many must agree.
 * @returns whether they agree
 */
export async function doctor(dataDir: string, search: SearchPath, out: Terminal): Promise<boolean> {
  const found = findNetwork(dataDir);
  refuseEmbedded(found.network);
  const bytes = await asOfficer(found, firstMember(found), (ledger) =>
    ledger.evaluate("coalition:ReadRegister"),
  );
  const { members } = registerView(JSON.parse(Buffer.from(bytes).toString()));
  const fabric = await localFabric(found.layout, search);
  const findings = await fabric.inspect(members);
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
