import { Backoff, LedgerError } from "@comity/ledger";
import type { Genesis, MemberEntry, MemberId } from "@comity/protocol";
import type { Clock } from "../clock.ts";
import type { Log } from "../telemetry/log.ts";
import type { LedgerReader } from "./ledgerReader.ts";

export interface OwnMemberDeps {
  readonly reader: Pick<LedgerReader, "register">;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Pick<Log, "info">;
  readonly signal: AbortSignal;
}

const pauses = { firstMs: 500, longestMs: 5_000 };

/**
 * Who this node's member is: genesis says it, or the register, as soon as the member has joined.
 * @throws the signal's reason
 */
export async function ownMember(
  { genesis, memberId }: { readonly genesis: Pick<Genesis, "members">; readonly memberId: MemberId },
  deps: OwnMemberDeps,
): Promise<MemberEntry> {
  const isOwn = (member: MemberEntry): boolean => member.memberId === memberId;
  const founder = genesis.members.find(isOwn);
  if (founder !== undefined) return founder;
  const backoff = new Backoff(pauses, deps);
  for (;;) {
    const joined = (await registered(deps)).find(isOwn);
    if (joined !== undefined) return joined;
    await deps.clock.sleep(backoff.next(), deps.signal);
  }
}

/** Nobody, until the register lets this member read it. */
async function registered({ reader, log }: OwnMemberDeps): Promise<readonly MemberEntry[]> {
  try {
    return (await reader.register()).members;
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    log.info("this member has not joined yet, or no gateway answers; trying again", { code: error.code });
    return [];
  }
}
