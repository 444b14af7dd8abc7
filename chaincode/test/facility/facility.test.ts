import assert from "node:assert/strict";
import { hostDocument, page, siteDocument } from "@comity/protocol";
import { foundWithSite, host, identity, operatorIdentity, site } from "../fixture/coalition.ts";
import { refused } from "../fixture/testLedger.ts";

const officer = identity("ch", "officer");
const alpine = operatorIdentity("ch", "alpine");

describe("Facilities", () => {
  it("are registered by the member's officer or the operator itself, and once", async () => {
    const { ledger } = await foundWithSite();

    await ledger.submit(alpine, "facility:RegisterSite", site("bern-2"));
    await ledger.submit(officer, "facility:RegisterSite", site("bern-2"));

    assert.equal(ledger.last.writes.size, 0);
    const stored = siteDocument(
      await ledger.evaluate(identity("no", "inspector"), "facility:ReadSite", "bern-2"),
    );
    assert.deepEqual(stored, { schemaVersion: 1, rev: 1, ...site("bern-2") });
  });

  it("cannot be put under the operator of another member, on nobody's word", async () => {
    const { ledger } = await foundWithSite();
    const abroad = site("oslo-1", { memberId: "no" });

    await refused(ledger.submit(alpine, "facility:RegisterSite", abroad), "CALLER_RELATION");
    await refused(
      ledger.submit(identity("no", "officer"), "facility:RegisterSite", abroad),
      "CALLER_RELATION",
    );
  });

  it("are listed by id, page by page", async () => {
    const { ledger } = await foundWithSite();
    for (const siteId of ["basel-1", "zug-1", "bern-10"])
      await ledger.submit(officer, "facility:RegisterSite", site(siteId));

    const first = page(siteDocument)(await ledger.evaluate(officer, "facility:ListSites", "3", ""));
    const second = page(siteDocument)(
      await ledger.evaluate(officer, "facility:ListSites", "3", first.bookmark),
    );

    assert.deepEqual(
      first.items.map(({ siteId }) => siteId),
      ["basel-1", "bern-1", "bern-10"],
    );
    assert.deepEqual(
      second.items.map(({ siteId }) => siteId),
      ["zug-1"],
    );
    assert.equal(second.bookmark, "");
  });
});

describe("facility:EnrolHosts", () => {
  const hosts = [host("h1", ["S1", "S2"]), host("h2", ["S3"])];

  it("enrols hosts with their accelerators under their site", async () => {
    const { ledger } = await foundWithSite();

    const answer = await ledger.submit(alpine, "facility:EnrolHosts", { siteId: "bern-1", hosts });

    assert.deepEqual(answer, { siteId: "bern-1", enrolled: 2 });
    const listed = page(hostDocument)(
      await ledger.evaluate(officer, "facility:ListHosts", "bern-1", "100", ""),
    );
    assert.deepEqual(
      listed.items.map(({ hostId }) => hostId).toSorted(),
      hosts.map(({ hostId }) => hostId).toSorted(),
    );
    const { hostId, publicKey, accelerators } = hosts[0]!;
    const read = hostDocument(await ledger.evaluate(officer, "facility:ReadHost", hosts[0]!.hostId));
    assert.deepEqual(read, {
      schemaVersion: 1,
      rev: 1,
      ...{ hostId, publicKey, accelerators },
      siteId: "bern-1",
      operatorId: "alpine",
      memberId: "ch",
    });
  });

  it("finishes an enrolment that was cut off, and repeats it without effect", async () => {
    const { ledger } = await foundWithSite();
    await ledger.submit(alpine, "facility:EnrolHosts", { siteId: "bern-1", hosts: hosts.slice(0, 1) });

    assert.deepEqual(await ledger.submit(alpine, "facility:EnrolHosts", { siteId: "bern-1", hosts }), {
      siteId: "bern-1",
      enrolled: 1,
    });
    await ledger.submit(alpine, "facility:EnrolHosts", { siteId: "bern-1", hosts });

    assert.equal(ledger.last.writes.size, 0);
    assert.equal(ledger.last.events.length, 0);
  });

  it("lists only the hosts of the site that is asked for", async () => {
    const { ledger } = await foundWithSite();
    await ledger.submit(officer, "facility:RegisterSite", site("bern-10"));
    await ledger.submit(alpine, "facility:EnrolHosts", {
      siteId: "bern-10",
      hosts: [host("h1", ["S1", "S2"], "bern-10"), host("h2", ["S3"], "bern-10")],
    });

    const listed = page(hostDocument)(
      await ledger.evaluate(officer, "facility:ListHosts", "bern-1", "100", ""),
    );

    assert.deepEqual(listed.items, []);
  });

  it("enrols no host that did not sign for the site, though it comes first", async () => {
    const { ledger } = await foundWithSite();
    const thief = identity("jp", "officer");
    const theirs = { operatorId: "tokyo", memberId: "jp", name: "Tokyo Compute" };
    await ledger.submit(thief, "facility:RegisterOperator", theirs);
    const elsewhere = site("tokyo-1", { operatorId: "tokyo", memberId: "jp" });
    await ledger.submit(thief, "facility:RegisterSite", elsewhere);

    const taken = ledger.submit(thief, "facility:EnrolHosts", { siteId: "tokyo-1", hosts });

    await refused(taken, "HOST_SIGNATURE");
    await ledger.submit(alpine, "facility:EnrolHosts", { siteId: "bern-1", hosts });
  });

  it("refuses accelerators too fast for an unambiguous counter", async () => {
    const { ledger } = await foundWithSite();
    const fast = {
      ...hosts[0]!,
      accelerators: [{ serial: "S9", model: "X", peakFlops: "1200000000000001" }],
    };
    await refused(
      ledger.submit(alpine, "facility:EnrolHosts", { siteId: "bern-1", hosts: [fast] }),
      "DOCUMENT_INVALID",
    );
  });

  it("takes at most 128 accelerators at once, so that it ends before the peer gives up", async () => {
    const { ledger } = await foundWithSite();
    const many = (count: number) => Array.from({ length: count }, (_, n) => `S${n}`);
    const enrol = (count: number): Promise<unknown> => {
      const crowded = [
        host("a", many(64)),
        host("b", many(count).slice(64, 128)),
        host("c", many(count).slice(128)),
      ];
      const parts = crowded.filter(({ accelerators }) => accelerators.length > 0);
      return ledger.submit(alpine, "facility:EnrolHosts", { siteId: "bern-1", hosts: parts });
    };

    await refused(enrol(129), "DOCUMENT_INVALID");
    await enrol(128);
    assert.ok(ledger.last.calls < 300, `${ledger.last.calls} calls`);
  });
});
