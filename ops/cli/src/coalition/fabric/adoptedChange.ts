import { type LedgerClient, LedgerError } from "@comity/ledger";
import {
  membershipDocument,
  type MembershipDocument,
  membershipId,
  type MembershipRequest,
} from "@comity/protocol";
import { CliError } from "../../cliError.ts";

/**
 * No administrator signs an update of the channel that the members have not voted for.
 * @throws CliError MEMBER_CHANGE, LedgerError
 */
export async function assertAdopted(
  ledger: Pick<LedgerClient, "evaluate">,
  request: MembershipRequest,
): Promise<void> {
  const change = await findChange(ledger, membershipId(request));
  if (change !== undefined && change.status !== "proposed") return;
  const votes = change?.votes ?? [];
  throw new CliError(
    "MEMBER_CHANGE",
    `A quorum must vote for this change before the channel is touched; so far ${votes.length === 0 ? "nobody has" : `${votes.join(", ")} did`}. Vote with \`comity member vote\`.`,
  );
}

/** Undefined where nobody has voted for it yet. */
export async function findChange(
  ledger: Pick<LedgerClient, "evaluate">,
  id: string,
): Promise<MembershipDocument | undefined> {
  try {
    const bytes = await ledger.evaluate("coalition:ReadMembership", id);
    return membershipDocument(JSON.parse(Buffer.from(bytes).toString()));
  } catch (error) {
    if (error instanceof LedgerError && error.code === "MEMBERSHIP_UNKNOWN") return undefined;
    throw error;
  }
}
