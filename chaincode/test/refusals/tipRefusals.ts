import { type LedgerErrorCode, tipHourEndMs, tipHourOf } from "@comity/protocol";
import {
  cellHash,
  foundWithRequest,
  gatewayOf,
  officerOf,
  passedShare,
  rootOf,
  sealingKey,
} from "../bounty/tipKeys.ts";
import { found, identity, ORIGIN_MS } from "../fixture/coalition.ts";
import type { Scenario } from "./scenario.ts";

const officer = identity("ch", "officer");
const node = identity("ch", "node");
const gateway = identity("ch", "gateway");

/** What brings about each code about tips and their opening. */
export const tipScenarios = {
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
    await ledger.submit(node, "coalition:CloseBucket", String(ORIGIN_MS / 300_000));
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
} satisfies Partial<Record<LedgerErrorCode, Scenario>>;
