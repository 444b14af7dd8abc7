import assert from "node:assert/strict";
import { DAY_MS, fromHex, hostIdOf, type LedgerErrorCode, tipHourEndMs, tipHourOf } from "@comity/protocol";
import { createAccusation } from "@comity/threshold";
import { bondScenarios, strangersToBonds, wrongRolesForBonds } from "./fixture/bondRefusals.ts";
import { caseScenarios, strangersToCases, wrongRolesForCases } from "./fixture/caseRefusals.ts";
import { membershipScenarios } from "./fixture/membershipRefusals.ts";
import {
  cellHash,
  foundWithRequest,
  gatewayOf,
  officerOf,
  passedShare,
  rootOf,
  sealingKey,
} from "./bounty/tipKeys.ts";
import {
  acceptAll,
  cancelShare,
  type Coalition,
  coalition,
  confirmAll,
  dealAll,
  digestOf,
  filingOf,
  FLOP_AT_LEAST,
  type KeyMember,
  membersOf,
  randomOf,
  statementOf,
} from "./fixture/ceremony.ts";
import {
  type Founded,
  found,
  foundWithSite,
  genesisOf,
  host,
  identity,
  networkWith,
  nodeOf,
  noticeOf,
  operatorIdentity,
  ORIGIN_MS,
  site,
  ulid,
} from "./fixture/coalition.ts";
import { refused, TestLedger } from "./fixture/testLedger.ts";

const officer = identity("ch", "officer");
const node = identity("ch", "node");
const gateway = identity("ch", "gateway");
const bucketOfOrigin = ORIGIN_MS / 300_000;

/** Texts in which the peer would verify one certificate, and fabric-shim read the attributes of another. */
const [begin, end] = ["-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"];
const genuine = `${begin}\nMAA=\n${end}\n`;
const twoCertificates = [
  `${begin}MQA=\n${end}\n${genuine}`,
  `${begin}\u00a0\nMQA=\n${end}\n${genuine}`,
  `${genuine}${genuine}`,
  `# officer\n${genuine}`,
  `${begin}\nName: value\n\nMAA=\n${end}\n`,
];

type Scenario = () => Promise<Promise<unknown>[]>;

/** One transaction. */
const once =
  (world: () => Promise<Founded>, transaction: string, ...args: unknown[]): Scenario =>
  async () => {
    const { ledger } = await world();
    return [ledger.submit(transaction.startsWith("coalition:") ? node : officer, transaction, ...args)];
  };

async function filed(overrides: Record<string, unknown> = {}): Promise<Founded> {
  const founded = await foundWithSite();
  await founded.ledger.submit(officer, "notice:File", noticeOf(overrides));
  return founded;
}

async function started(): Promise<Founded> {
  const founded = await filed();
  founded.ledger.nowMs = ORIGIN_MS + 21_000;
  await founded.ledger.submit(officer, "notice:Start", ulid("A"));
  return founded;
}

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

/** Files an alert with something wrong. */
const alert =
  (spoil: (made: Coalition) => Record<string, unknown>): Scenario =>
  async () => {
    const made = await coalition();
    return [made.founded.ledger.submit(node, "alert:File", spoil(made))];
  };

/** Files a well-signed alert whose statement is wrong. */
const badStatement = (overrides: (made: Coalition) => object): Scenario =>
  alert((made) => ({ ...filingOf(made, { ...statementOf(made.founded), ...overrides(made) }) }));

const flipped = (hex: string): string => (hex.startsWith("0") ? "1" : "0") + hex.slice(1);

/** Each code of the closed list, by what brings it about. The compiler asks for a new one's scenario. */
const scenarios: { readonly [C in LedgerErrorCode]: Scenario } = {
  ...bondScenarios,
  ...caseScenarios,
  ...membershipScenarios,

  CANONICAL_SIZE: once(found, "facility:RegisterOperator", `"${"x".repeat(200_000)}"`),
  CANONICAL_SYNTAX: once(found, "facility:RegisterOperator", "{"),
  CANONICAL_FORM: once(found, "facility:RegisterOperator", `{ "operatorId":"a"}`),
  DOCUMENT_INVALID: once(found, "facility:RegisterOperator", {
    operatorId: "alpine",
    memberId: "ch",
    name: "x",
    more: 1,
  }),
  ARGUMENT_INVALID: once(found, "coalition:CloseBucket", "-1"),
  PAGE_SIZE: async () => {
    const { ledger } = await found();
    return ["0", "101"].map((size) => ledger.submit(officer, "facility:ListSites", size, ""));
  },
  BOOKMARK_INVALID: once(found, "facility:ListSites", "10", "../x"),
  TRANSACTION_UNKNOWN: async () => {
    const { ledger } = await found();
    return [ledger.unknown(officer, "notice:Shred")];
  },

  CALLER_UNKNOWN: async () => {
    const { ledger, genesis } = await found();
    const stranger = { ...officer, mspId: "StrangerMSP" };
    return [
      ...twoCertificates.map((pem) => ledger.submit({ ...officer, pem }, "rulebook:Read")),
      ...twoCertificates.map((pem) =>
        new TestLedger(networkWith()).submit({ ...officer, pem }, "coalition:Genesis", genesis),
      ),
      ledger.submit(stranger, "rulebook:Read"),
      ledger.submit(stranger, "facility:RegisterOperator", {}),
    ];
  },
  CALLER_ROLE: async () => {
    const { ledger, genesis } = await found();
    const nobody = { ...officer, attributes: {} };
    const nameless = { ...officer, attributes: { "comity.role": "operator" } };
    return [
      ledger.submit(nobody, "rulebook:Read"),
      ledger.submit({ ...officer, attributes: { "comity.role": "admin" } }, "rulebook:Read"),
      ledger.submit(identity("ch", "gateway"), "facility:RegisterOperator", {}),
      ledger.submit(officer, "coalition:ProposeKey", {}),
      ledger.submit(officer, "alert:File", {}),
      ledger.submit(nameless, "notice:File", {}),
      ledger.submit(node, "coalition:Genesis", genesis),
      ...(await wrongRolesForBonds()),
      ...(await wrongRolesForCases()),
    ];
  },
  CALLER_RELATION: async () => {
    const { ledger } = await filed();
    const foreign = identity("jp", "officer");
    const other = operatorIdentity("ch", "other");
    return [
      ledger.submit(foreign, "facility:RegisterOperator", {
        operatorId: "tokyo",
        memberId: "ch",
        name: "Tokyo",
      }),
      ledger.submit(foreign, "facility:RegisterSite", site("bern-2")),
      ledger.submit(foreign, "facility:EnrolHosts", { siteId: "bern-1", hosts: [host("h", ["S1"])] }),
      ledger.submit(other, "facility:EnrolHosts", { siteId: "bern-1", hosts: [host("h", ["S1"])] }),
      ledger.submit(foreign, "notice:File", noticeOf({ noticeId: ulid("B") })),
      ledger.submit(other, "notice:File", noticeOf({ noticeId: ulid("B") })),
      ledger.submit(operatorIdentity("jp", "alpine"), "notice:Withdraw", ulid("A"), "not ours"),
      ledger.submit(node, "coalition:RegisterNode", nodeOf("jp")),
      ledger.submit(node, "coalition:AcceptKey", {
        attempt: 1,
        index: 2,
        encryptionKey: "00".repeat(48),
        proof: "00",
      }),
      ...(await strangersToBonds()),
      ...(await strangersToCases()),
    ];
  },

  GENESIS_MISSING: () => Promise.resolve([new TestLedger(networkWith()).submit(officer, "rulebook:Read")]),
  GENESIS_MISMATCH: async () => {
    const { ledger } = await found();
    return [ledger.submit(officer, "coalition:Genesis", genesisOf({ name: "another" }))];
  },
  PEER_SIGNATURE: async () => {
    const { ledger } = await found();
    const forged = { ...nodeOf("ch"), signature: nodeOf("jp").signature };
    const notEd25519 = { ...nodeOf("ch"), peerId: "16Uiu2HAm6dHgKvrY2ZKFPD6xFhFMnFHfVNCYLAUZoJhMgkqGXAcE" };
    return [forged, notEd25519].map((request) => ledger.submit(node, "coalition:RegisterNode", request));
  },
  PEER_TAKEN: async () => {
    const { ledger } = await found();
    await ledger.submit(node, "coalition:RegisterNode", nodeOf("ch"));
    return [ledger.submit(identity("jp", "node"), "coalition:RegisterNode", nodeOf("jp"))];
  },

  TIME_INVALID: async () => {
    const { ledger } = await foundWithSite();
    ledger.nowMs = ORIGIN_MS - 1;
    return [ledger.submit(officer, "notice:File", noticeOf())];
  },
  BUCKET_CLOSED: async () => {
    const { ledger } = await foundWithSite();
    ledger.nowMs = ORIGIN_MS + 420_000;
    await ledger.submit(node, "coalition:CloseBucket", String(bucketOfOrigin));
    ledger.nowMs = ORIGIN_MS + 299_999;
    return [
      ledger.submit(officer, "notice:File", noticeOf()),
      ledger.submit(node, "coalition:ProposeKey", { attempt: 1, threshold: 3 }),
    ];
  },
  BUCKET_EARLY: async () => {
    const { ledger } = await found();
    ledger.nowMs = ORIGIN_MS + 419_999;
    return [ledger.submit(node, "coalition:CloseBucket", String(bucketOfOrigin))];
  },
  BUCKET_ORDER: async () => {
    const { ledger } = await found();
    ledger.nowMs = ORIGIN_MS + 10_000_000;
    return [bucketOfOrigin - 1, bucketOfOrigin + 1].map((bucket) =>
      ledger.submit(officer, "coalition:CloseBucket", String(bucket)),
    );
  },

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

  OPERATOR_EXISTS: once(foundWithSite, "facility:RegisterOperator", {
    operatorId: "alpine",
    memberId: "ch",
    name: "Other",
  }),
  OPERATOR_UNKNOWN: async () => {
    const { ledger } = await foundWithSite();
    return [
      ledger.submit(officer, "facility:RegisterSite", site("bern-2", { operatorId: "nobody" })),
      ledger.submit(officer, "notice:File", noticeOf({ operatorId: "nobody" })),
    ];
  },
  SITE_EXISTS: once(foundWithSite, "facility:RegisterSite", site("bern-1", { name: "Other" })),
  SITE_UNKNOWN: async () => {
    const { ledger } = await foundWithSite();
    return [
      ledger.submit(officer, "facility:ReadSite", "bern-2"),
      ledger.submit(officer, "facility:EnrolHosts", {
        siteId: "bern-2",
        hosts: [host("h", ["S1"], "bern-2")],
      }),
    ];
  },
  SITE_LIMIT: async () => {
    const { ledger } = await foundWithSite();
    for (let number = 2; number <= 256; number++)
      await ledger.submit(officer, "facility:RegisterSite", site(`bern-${number}`));
    return [ledger.submit(officer, "facility:RegisterSite", site("bern-257"))];
  },
  HOST_EXISTS: async () => {
    const { ledger } = await foundWithSite();
    await ledger.submit(officer, "facility:EnrolHosts", { siteId: "bern-1", hosts: [host("h", ["S1"])] });
    return [
      ledger.submit(officer, "facility:EnrolHosts", { siteId: "bern-1", hosts: [host("h", ["S1", "S2"])] }),
      ledger.submit(officer, "facility:EnrolHosts", {
        siteId: "bern-1",
        hosts: [host("i", ["S3"]), host("i", ["S4"])],
      }),
    ];
  },
  HOST_UNKNOWN: once(foundWithSite, "facility:ReadHost", "ab".repeat(32)),
  HOST_KEY_MISMATCH: async () => {
    const { ledger } = await foundWithSite();
    const mixed = { ...host("h", ["S1"]), hostId: host("i", []).hostId };
    return [ledger.submit(officer, "facility:EnrolHosts", { siteId: "bern-1", hosts: [mixed] })];
  },
  HOST_SIGNATURE: async () => {
    const { ledger } = await foundWithSite();
    const elsewhere = host("h", ["S1"], "bern-2");
    return [ledger.submit(officer, "facility:EnrolHosts", { siteId: "bern-1", hosts: [elsewhere] })];
  },
  HOST_KEY_WEAK: async () => {
    const { ledger } = await foundWithSite();
    return [ledger.submit(officer, "facility:EnrolHosts", { siteId: "bern-1", hosts: [weakHost()] })];
  },
  SERIAL_TAKEN: async () => {
    const { ledger } = await foundWithSite();
    await ledger.submit(officer, "facility:EnrolHosts", { siteId: "bern-1", hosts: [host("h", ["S1"])] });
    return [
      ledger.submit(officer, "facility:EnrolHosts", { siteId: "bern-1", hosts: [host("i", ["S2", "S1"])] }),
      ledger.submit(officer, "facility:EnrolHosts", {
        siteId: "bern-1",
        hosts: [host("i", ["S3"]), host("j", ["S3"])],
      }),
    ];
  },

  NOTICE_EXISTS: async () => {
    const { ledger } = await filed();
    return [ledger.submit(officer, "notice:File", noticeOf({ developer: "Another" }))];
  },
  NOTICE_UNKNOWN: async () => {
    const { ledger } = await foundWithSite();
    return [
      ledger.submit(officer, "notice:Read", ulid("Z")),
      ledger.submit(officer, "notice:Start", ulid("Z")),
    ];
  },
  NOTICE_REVISION_UNKNOWN: async () => {
    const { ledger } = await filed();
    return [ledger.submit(officer, "notice:ReadRevision", ulid("A"), "2")];
  },
  NOTICE_NOT_REQUIRED: async () => {
    const { ledger } = await filed();
    const exactly = {
      incrementalFlop: "1000000000000000000000000",
      cumulativeFlop: "1000000000000000000000000",
    };
    return [
      ledger.submit(officer, "notice:File", noticeOf({ noticeId: ulid("B"), compute: exactly })),
      ledger.submit(officer, "notice:Amend", ulid("A"), { compute: exactly }),
    ];
  },
  NOTICE_COMPUTE: async () => {
    const { ledger } = await foundWithSite();
    const compute = {
      incrementalFlop: "3000000000000000000000000",
      cumulativeFlop: "2999999999999999999999999",
    };
    return [ledger.submit(officer, "notice:File", noticeOf({ compute }))];
  },
  NOTICE_PERIOD: async () => {
    const { ledger } = await foundWithSite();
    const running = await started();
    return [
      ledger.submit(officer, "notice:File", noticeOf({ plannedEndMs: ORIGIN_MS + 20 * DAY_MS })),
      running.ledger.submit(officer, "notice:Amend", ulid("A"), { plannedEndMs: ORIGIN_MS + 20.5 * DAY_MS }),
    ];
  },
  NOTICE_FACILITY: async () => {
    const { ledger } = await foundWithSite();
    return [["bern-2"], ["bern-1", "bern-1"]].map((facilities) =>
      ledger.submit(officer, "notice:File", noticeOf({ facilities })),
    );
  },
  NOTICE_STATE: async () => {
    const { ledger } = await filed();
    await ledger.submit(officer, "notice:Withdraw", ulid("A"), "cancelled");
    const running = await started();
    return [
      ledger.submit(officer, "notice:Start", ulid("A")),
      ledger.submit(officer, "notice:Complete", ulid("A")),
      ledger.submit(officer, "notice:Amend", ulid("A"), { developer: "Another" }),
      ledger.submit(officer, "notice:Withdraw", ulid("A"), "for another reason"),
      running.ledger.submit(officer, "notice:Withdraw", ulid("A"), "too late"),
    ];
  },
  NOTICE_START_FROZEN: async () => {
    const { ledger } = await started();
    return [ledger.submit(officer, "notice:Amend", ulid("A"), { plannedStartMs: ORIGIN_MS + 30 * DAY_MS })];
  },
  NOTICE_EARLY: async () => {
    const { ledger } = await filed();
    ledger.nowMs = ORIGIN_MS + 19_999;
    return [ledger.submit(officer, "notice:Start", ulid("A"))];
  },
  NOTICE_ENDED: async () => {
    const { ledger } = await filed();
    ledger.nowMs = ORIGIN_MS + 80_001;
    return [ledger.submit(officer, "notice:Start", ulid("A"))];
  },

  ALERT_UNKNOWN: once(found, "alert:Read", "ab".repeat(32)),
  ALERT_SUBJECT: async () => {
    const subjects = [
      badStatement(() => ({ subject: { operatorId: "alpine", siteId: "bern-9" } })),
      badStatement(() => ({ subject: { operatorId: "other", siteId: "bern-1" } })),
      badStatement(({ founded }) => ({
        log: { ...statementOf(founded).log, origin: statementOf(founded).log.origin.replace("/ch/", "/jp/") },
      })),
    ];
    return (await Promise.all(subjects.map((scenario) => scenario()))).flat();
  },
  ALERT_WINDOW: badStatement(({ founded }) => {
    const { window } = statementOf(founded);
    return { window: { startMs: window.startMs, endMs: window.endMs + 1 } };
  }),
  ALERT_RANGE: badStatement(() => ({ entries: { from: 0, to: 641 } })),
  ALERT_OBSERVED: badStatement(({ founded }) => {
    const { window } = statementOf(founded);
    return { observed: { startMs: window.startMs, endMs: window.endMs + 1 } };
  }),
  ALERT_PROJECTION: badStatement(() => ({ projectedFlop: "6000000000000000000000000" })),
  ALERT_RULE: alert((made) => ({ ...filingOf(made, statementOf(made.founded, {}, 1_000_000n)) })),
  ALERT_EPOCH: alert((made) => ({ ...filingOf(made, statementOf(made.founded)), keyEpoch: 2 })),
  ALERT_SIGNATURE: async () => {
    const made = await coalition();
    const good = filingOf(made, statementOf(made.founded));
    const other = filingOf(made, statementOf(made.founded, {}, FLOP_AT_LEAST + 1n));
    const partial = made.members[0]!.partial(digestOf(made.founded, made.record, good.statement));
    return [
      made.founded.ledger.submit(node, "alert:File", { ...good, signature: other.signature }),
      made.founded.ledger.submit(node, "alert:File", {
        ...good,
        signature: Buffer.from(partial).toString("hex"),
      }),
      made.founded.ledger.submit(node, "alert:File", { ...good, signature: "c0" + "00".repeat(95) }),
    ];
  },
  ALERT_DECISIONS: async () => {
    const made = await coalition();
    const { ledger } = made.founded;
    const good = filingOf(made, statementOf(made.founded));
    const [first, second, third] = good.decisions;
    const refusing = made.members[3]!.decision(digestOf(made.founded, made.record, good.statement), "refuse");
    const forged = { ...third!, memberIndex: 4 };
    const lists = [
      [first, second],
      [first, second, refusing],
      [first, first, second],
      [second, first, third],
      [first, second, forged],
      [],
    ];
    return lists.map((decisions) => ledger.submit(node, "alert:File", { ...good, decisions }));
  },
  ALERT_NOT_GREATER: async () => {
    const made = await coalition();
    const { ledger } = made.founded;
    await ledger.submit(node, "alert:File", filingOf(made, statementOf(made.founded)));
    const almost = statementOf(made.founded, {}, (FLOP_AT_LEAST * 5n) / 4n - 1n);
    return [ledger.submit(node, "alert:File", filingOf(made, almost))];
  },

  TIP_KEY_SIGNATURE: async () => {
    const founded = await found();
    const { ledger } = founded;
    const { signature } = officerOf(founded, "jp", 1);
    return [
      ledger.submit(officer, "bounty:RegisterOfficer", { ...officerOf(founded, "ch", 1), signature }),
      ledger.submit(officer, "bounty:RegisterOfficer", {
        ...officerOf(founded, "ch", 1),
        sealingKey: sealingKey(2),
      }),
      ledger.submit(gateway, "bounty:RegisterGateway", {
        ...gatewayOf(founded, "ch"),
        receiptKey: "cd".repeat(32),
      }),
    ];
  },
  TIP_OFFICER_UNKNOWN: async () => {
    const { ledger } = await foundWithRequest();
    const norwegian = identity("no", "officer");
    const openingId = `${cellHash}.ch`;
    return [
      ledger.submit(norwegian, "bounty:RequestOpening", { cellHash, reason: "x" }),
      ledger.submit(norwegian, "bounty:ApproveOpening", {
        ...{ openingId, reason: "x", passedShare: passedShare(1) },
      }),
    ];
  },
  TIP_HOUR_OPEN: async () => {
    const { ledger, genesis } = await found();
    const tipHour = tipHourOf(genesis, ORIGIN_MS);
    ledger.nowMs = tipHourEndMs(genesis, tipHour) - 1;
    return [tipHour, tipHour + 1, Number.MAX_SAFE_INTEGER].map((hour) =>
      ledger.submit(gateway, "bounty:FileRoot", rootOf(hour)),
    );
  },
  TIP_HOUR_CLOSED: async () => {
    const { ledger, genesis } = await found();
    ledger.nowMs = ORIGIN_MS + 420_000;
    await ledger.submit(node, "coalition:CloseBucket", String(bucketOfOrigin));
    return [ledger.submit(gateway, "bounty:FileRoot", rootOf(tipHourOf(genesis, ORIGIN_MS)))];
  },
  TIP_ROOT_EXISTS: async () => {
    const { ledger, genesis } = await found();
    const tipHour = tipHourOf(genesis, ORIGIN_MS);
    ledger.nowMs = tipHourEndMs(genesis, tipHour);
    await ledger.submit(gateway, "bounty:FileRoot", rootOf(tipHour));
    return [ledger.submit(gateway, "bounty:FileRoot", rootOf(tipHour, "0b"))];
  },
  OPENING_EXISTS: async () => {
    const { ledger } = await foundWithRequest();
    return [ledger.submit(officer, "bounty:RequestOpening", { cellHash, reason: "another reason" })];
  },
  OPENING_UNKNOWN: async () => {
    const { ledger } = await foundWithRequest();
    const openingId = `${cellHash}.jp`;
    return [
      ledger.submit(officer, "bounty:ReadOpening", openingId),
      ledger.submit(officer, "bounty:ApproveOpening", {
        ...{ openingId, reason: "x", passedShare: passedShare(1) },
      }),
    ];
  },
  OPENING_MEMBER: async () => {
    const { ledger } = await foundWithRequest();
    return [
      ledger.submit(officer, "bounty:ApproveOpening", {
        ...{ openingId: `${cellHash}.ch`, reason: "x", passedShare: passedShare(1) },
      }),
    ];
  },
  OPENING_APPROVED: async () => {
    const { ledger } = await foundWithRequest();
    const [approval, other] = [1, 2].map((byte) => ({
      ...{ openingId: `${cellHash}.ch`, reason: "x", passedShare: passedShare(byte) },
    }));
    await ledger.submit(identity("jp", "officer"), "bounty:ApproveOpening", approval);
    return [ledger.submit(identity("jp", "officer"), "bounty:ApproveOpening", other)];
  },
};

/** The neutral element as a key: everybody could sign with it. */
function weakHost(): Record<string, unknown> {
  const publicKey = "01" + "00".repeat(31);
  return {
    hostId: hostIdOf(fromHex(publicKey, 32)),
    publicKey,
    accelerators: host("h", ["S1"]).accelerators,
    signature: host("h", ["S1"]).signature,
  };
}

describe("A refusal", function () {
  this.timeout(60_000);

  for (const [code, scenario] of Object.entries(scenarios)) {
    it(`says ${code}`, async () => {
      const transactions = await scenario();

      assert.ok(transactions.length > 0);
      await Promise.all(transactions.map((transaction) => refused(transaction, code)));
    });
  }
});
