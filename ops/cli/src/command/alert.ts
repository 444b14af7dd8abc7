import { readAll } from "@comity/ledger";
import { type AlertDocument, alertDocument } from "@comity/protocol";
import { table } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import { asOfficer, findNetwork, firstMember } from "./network.ts";
import { flop } from "./verify.ts";

export async function listAlerts(dataDir: string, out: Terminal): Promise<void> {
  const found = findNetwork(dataDir);
  const alerts = await asOfficer(found, firstMember(found), (ledger) =>
    readAll(ledger, "alert:List", alertDocument),
  );
  const head = ["alert", "status", "operator", "site", "FLOP at least", "projected", "signed by"];
  out.result({ alerts }, table(head, alerts.map(row)));
}

function row({ alertId, status, statement, decisions }: AlertDocument): string[] {
  const { subject, flopAtLeast, projectedFlop } = statement;
  const signers = decisions.filter(({ decision }) => decision === "sign").length;
  const figures = [flop(flopAtLeast), flop(projectedFlop), `${signers} members`];
  return [alertId, status, subject.operatorId, subject.siteId, ...figures];
}
