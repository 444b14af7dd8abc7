import { setTimeout as pause } from "node:timers/promises";
import type { Coalition } from "@comity/cli";
import { canonicalString, nominationRequest, quorumOf, venueDocument } from "@comity/protocol";

const pollMs = 20;

/** Milliseconds from when the ledger has a listing, signed by the coalition, until the gateway shows it. */
export async function listingDelay(coalition: Coalition, venueId: string): Promise<number> {
  const [first] = coalition.network.members;
  if (first === undefined) throw new TypeError("a coalition has members");
  const officer = coalition.ledger(first.memberId, "officer");
  await voteToList(coalition, venueId);
  await until(async () => {
    const answer = await officer.evaluate("designation:Read", venueId);
    return venueDocument(JSON.parse(Buffer.from(answer).toString())).listing !== null;
  });
  const committed = performance.now();
  await until(async () => {
    const answer = await fetch(`${coalition.gatewayUrl}/v1/venues/${venueId}`);
    const { status } = (await answer.json()) as { status?: unknown };
    return status === "listed";
  });
  return performance.now() - committed;
}

async function voteToList(coalition: Coalition, venueId: string): Promise<void> {
  const { members } = coalition.network;
  const voters = members.slice(0, quorumOf(members.length));
  const [nominator = ""] = voters.map(({ memberId }) => memberId);
  const act = (memberId: string, transaction: string, ...args: string[]) =>
    coalition.ledger(memberId, "officer").submitIdempotent(transaction, ...args);
  await act(nominator, "designation:Nominate", canonicalString(nominationOf(venueId)));
  await act(nominator, "designation:Serve", venueId, "01".repeat(32));
  await act(nominator, "designation:Respond", venueId, "02".repeat(32));
  const opened = await act(nominator, "designation:OpenVote", venueId, "designate", "It has responded.");
  const { ballot } = venueDocument(JSON.parse(Buffer.from(opened.result).toString()));
  const openedRev = ballot?.openedRev ?? 0;
  for (const { memberId } of voters) {
    const vote = { venueId, openedRev, decision: "approve", reason: "A bench." };
    await act(memberId, "designation:Vote", canonicalString(vote));
  }
}

function nominationOf(venueId: string) {
  return nominationRequest({
    venueId,
    venue: {
      ...{ schema: "Company", name: "Bench Hall", aliases: [], country: "xb" },
      ...{ address: "1 Bench Row, Brenovia", website: "https://bench-hall.example" },
    },
    legalBasis: "Framework, article 7",
    reasons: "A bench lists it.",
    evidence: ["ab".repeat(32)],
  });
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(pollMs);
}
