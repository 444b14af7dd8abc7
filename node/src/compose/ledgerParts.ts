import { type LedgerClient, openOutbox } from "@comity/ledger";
import { connectNode, settleKept } from "../ledger/connectNode.ts";
import { LedgerFollower } from "../ledger/ledgerFollower.ts";
import { LedgerReader } from "../ledger/ledgerReader.ts";
import { ownMember } from "../ledger/ownMember.ts";
import { ViewStore } from "../ledger/viewStore.ts";
import { type Identity, loadIdentity } from "../signing/identity.ts";
import type { Core } from "./core.ts";

/** The ledger, what this node knows of it, and who it says that this node is. */
export interface LedgerParts {
  readonly ledger: LedgerClient;
  readonly view: LedgerFollower;
  readonly identity: Identity;
  /** One that joined since genesis holds none until the key is made anew: it follows, votes and keeps time, but neither proposes nor signs. */
  readonly holdsShare: boolean;
}

export async function startLedgerParts(core: Core): Promise<LedgerParts> {
  const { config, life, genesis, networkId, memberId, inData, ...deps } = core;
  const log = core.logOf("ledger");
  const outbox = await openOutbox(inData("outbox"));
  life.onStop(() => outbox.close());
  const ledger = await connectNode(config.ledger, { log, outbox });
  life.onStop(() => ledger.close());
  void settleKept(ledger, log);
  const reader = new LedgerReader({ networkId, genesis }, { ledger, verify: core.verify });
  const waiting = new AbortController();
  life.onStop(() => waiting.abort());
  const member = await ownMember({ genesis, memberId }, { ...deps, reader, log, signal: waiting.signal });
  const holdsShare = genesis.members.some((each) => each.memberId === memberId);
  const identity = await loadIdentity({ member, keyFile: config.identityKeyFile });
  const store = new ViewStore(inData("ledger"));
  const view = new LedgerFollower({ genesis }, { ...deps, ledger, reader, store, log });
  await life.start(view);
  followMembers(view, ledger);
  return { ledger, view, identity, holdsShare };
}

/** The members who must endorse are those of the register, whatever the configuration says. */
export function followMembers(view: LedgerFollower, ledger: LedgerClient): void {
  const follow = (): void => ledger.endorseBy(view.members().map(({ mspId }) => mspId));
  view.onBlock(({ transactions }) => {
    const types = transactions.flatMap(({ events }) => events.map(({ type }) => type));
    if (types.includes("member-joined") || types.includes("member-left")) follow();
  });
  follow();
}
