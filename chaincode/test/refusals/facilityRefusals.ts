import { fromHex, hostIdOf, type LedgerErrorCode } from "@comity/protocol";
import { foundWithSite, host, identity, noticeOf, site } from "../fixture/coalition.ts";
import { once, type Scenario } from "./scenario.ts";

const officer = identity("ch", "officer");

/** What brings about each code about operators, sites and hosts. */
export const facilityScenarios = {
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
} satisfies Partial<Record<LedgerErrorCode, Scenario>>;

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
