import assert from "node:assert/strict";
import type { LedgerErrorCode } from "@comity/protocol";
import {
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
} from "../fixture/coalition.ts";
import { refused, TestLedger } from "../fixture/testLedger.ts";
import { alertScenarios } from "./alertRefusals.ts";
import { bondScenarios, strangersToBonds, wrongRolesForBonds } from "./bondRefusals.ts";
import { caseScenarios, strangersToCases, wrongRolesForCases } from "./caseRefusals.ts";
import { facilityScenarios } from "./facilityRefusals.ts";
import { keyScenarios } from "./keyRefusals.ts";
import { membershipScenarios } from "./membershipRefusals.ts";
import { filed, noticeScenarios } from "./noticeRefusals.ts";
import { once, type Scenario } from "./scenario.ts";
import { tipScenarios } from "./tipRefusals.ts";

const officer = identity("ch", "officer");
const node = identity("ch", "node");
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

/** Each code of the closed list, by what brings it about. The compiler asks for a new one's scenario. */
const scenarios: { readonly [C in LedgerErrorCode]: Scenario } = {
  ...alertScenarios,
  ...bondScenarios,
  ...caseScenarios,
  ...facilityScenarios,
  ...keyScenarios,
  ...membershipScenarios,
  ...noticeScenarios,
  ...tipScenarios,

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
};

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
