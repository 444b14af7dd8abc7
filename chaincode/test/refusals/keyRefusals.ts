import type { LedgerErrorCode } from "@comity/protocol";
import { createAccusation } from "@comity/threshold";
import {
  acceptAll,
  cancelShare,
  coalition,
  confirmAll,
  dealAll,
  type KeyMember,
  membersOf,
  randomOf,
} from "../fixture/ceremony.ts";
import { type Founded, found, identity } from "../fixture/coalition.ts";
import { once, type Scenario } from "./scenario.ts";

const node = identity("ch", "node");

/** What brings about each code about the making of a key. */
export const keyScenarios = {
  KEY_SESSION_MISSING: once(found, "coalition:ActivateKey", "1"),
  KEY_SESSION_OPEN: async () => {
    const { founded } = await accepting();
    return [founded.ledger.submit(node, "coalition:ProposeKey", { attempt: 2, threshold: 3 })];
  },
  KEY_ACTIVE: async () => {
    const { founded } = await coalition();
    return [founded.ledger.submit(node, "coalition:ProposeKey", { attempt: 2, threshold: 3 })];
  },
  KEY_ATTEMPT: async () => {
    const { founded, members } = await accepting();
    const fresh = await found();
    return [
      founded.ledger.submit(node, "coalition:AcceptKey", members[0]!.acceptance(2)),
      fresh.ledger.submit(node, "coalition:ProposeKey", { attempt: 2, threshold: 3 }),
    ];
  },
  KEY_THRESHOLD: once(found, "coalition:ProposeKey", { attempt: 1, threshold: 2 }),
  KEY_PHASE: async () => {
    const { founded, members } = await dealing();
    const deal = await members[0]!.dealFor(1);
    const early = await accepting();
    return [
      early.members[0]!.submit("coalition:Deal", { attempt: 1, deal }),
      early.members[0]!.submit("coalition:ClosePhase", "1", "deal"),
      founded.ledger.submit(node, "coalition:ActivateKey", "1"),
    ];
  },
  KEY_WINDOW_OPEN: async () => {
    const { founded } = await accepting();
    founded.ledger.nowMs += 4_999;
    return [founded.ledger.submit(node, "coalition:ClosePhase", "1", "accept")];
  },
  KEY_ACCEPT_INVALID: async () => {
    const { members } = await accepting();
    const good = members[0]!.acceptance(1);
    return [
      members[0]!.submit("coalition:AcceptKey", { ...good, proof: flipped(good.proof) }),
      members[0]!.submit("coalition:AcceptKey", { ...good, encryptionKey: "c0" + "00".repeat(47) }),
    ];
  },
  KEY_ACCEPT_EXISTS: async () => {
    const { members } = await accepting();
    await members[0]!.submit("coalition:AcceptKey", members[0]!.acceptance(1));
    return [members[0]!.submit("coalition:AcceptKey", members[0]!.acceptance(1))];
  },
  KEY_ACCEPT_MISSING: async () => {
    const { founded, members } = await accepting();
    for (const member of members.slice(1)) await member.submit("coalition:AcceptKey", member.acceptance(1));
    founded.ledger.nowMs += 5_000;
    for (const member of members.slice(1)) await member.submit("coalition:ClosePhase", "1", "accept");
    return [
      members[0]!.submit("coalition:Deal", {
        attempt: 1,
        deal: { ...(await members[1]!.dealFor(1)), dealer: 1 },
      }),
    ];
  },
  KEY_MEMBER_BARRED: async () => {
    const { founded, members } = await dealing();
    await cancelShare(members, 1);
    founded.ledger.nowMs += 5_000;
    for (const member of members.slice(1)) await member.submit("coalition:ClosePhase", "1", "deal");
    await members[0]!.submit("coalition:ProposeKey", { attempt: 2, threshold: 3 });
    return [members[3]!.submit("coalition:AcceptKey", members[3]!.acceptance(2))];
  },
  KEY_DEALER_EXCLUDED: async () => {
    const { founded, members } = await dealing();
    const second = { attempt: 1, deal: await members[3]!.dealFor(1) };
    await members[3]!.submit("coalition:Deal", { attempt: 1, deal: await members[3]!.dealFor(1) });
    await members[3]!.submit("coalition:Deal", second);
    founded.ledger.nowMs += 5_000;
    for (const member of members.slice(0, 3)) await member.submit("coalition:ClosePhase", "1", "deal");
    await acceptAll(members, 2);
    return [members[3]!.submit("coalition:Deal", { attempt: 2, deal: await members[3]!.dealFor(2) })];
  },
  DEAL_INVALID: async () => {
    const { members } = await dealing();
    const deal = await members[0]!.dealFor(1);
    return [
      members[0]!.submit("coalition:Deal", { attempt: 1, deal: { ...deal, proof: flipped(deal.proof) } }),
      members[0]!.submit("coalition:Deal", {
        attempt: 1,
        deal: { ...deal, commitments: deal.commitments.slice(1) },
      }),
      members[1]!.submit("coalition:Deal", { attempt: 1, deal }),
    ];
  },
  DEAL_MISSING: async () => {
    const { members } = await dealing();
    const accusation = {
      attempt: 1,
      dealer: 2,
      accuser: 1,
      sharedKey: "ab".repeat(48),
      proof: "ab".repeat(64),
    };
    return [members[0]!.submit("coalition:AccuseDealer", accusation)];
  },
  ACCUSATION_FALSE: async () => {
    const { members } = await confirming();
    const { deals } = await members[0]!.board();
    const spoilt = {
      ...deals[1]!.deal,
      shares: deals[1]!.deal.shares.map((share) => ({ ...share, ciphertext: "00".repeat(48) })),
    };
    const open = { session: members[0]!.session(1), index: 1, secret: members[0]!.secret(1) };
    const accusation = createAccusation({ ...open, deal: spoilt, random: randomOf("accuser") });
    return [members[0]!.submit("coalition:AccuseDealer", { attempt: 1, ...accusation })];
  },
  KEY_CONFIRM_INVALID: async () => {
    const { members } = await confirming();
    const own = await members[0]!.confirmation(1);
    const other = await members[1]!.confirmation(1);
    return [members[0]!.submit("coalition:ConfirmKey", { ...own, partial: other["partial"] })];
  },
  KEY_SIGNATURE_INVALID: async () => {
    const { members } = await confirming();
    await confirmAll(members, 1);
    const own = await members[0]!.recordSignature(1);
    const other = await members[1]!.recordSignature(1);
    return [members[0]!.submit("coalition:SignRecord", { ...own, signature: other["signature"] })];
  },
  KEY_SIGNATURES_MISSING: async () => {
    const { members } = await confirming();
    await confirmAll(members, 1);
    for (const member of members.slice(0, 2))
      await member.submit("coalition:SignRecord", await member.recordSignature(1));
    return [members[0]!.submit("coalition:ActivateKey", "1")];
  },
} satisfies Partial<Record<LedgerErrorCode, Scenario>>;

async function accepting(): Promise<{ founded: Founded; members: KeyMember[] }> {
  const founded = await found();
  await founded.ledger.submit(node, "coalition:ProposeKey", { attempt: 1, threshold: 3 });
  return { founded, members: membersOf(founded) };
}

async function dealing(): Promise<{ founded: Founded; members: KeyMember[] }> {
  const founded = await found();
  const members = membersOf(founded);
  await acceptAll(members, 1);
  return { founded, members };
}

async function confirming(): Promise<{ founded: Founded; members: KeyMember[] }> {
  const { founded, members } = await dealing();
  await dealAll(members, 1);
  return { founded, members };
}

function flipped(hex: string): string {
  return (hex.startsWith("0") ? "1" : "0") + hex.slice(1);
}
