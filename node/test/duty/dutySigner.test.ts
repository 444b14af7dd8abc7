import assert from "node:assert/strict";
import {
  encodeCanonical,
  encodeEntryBundle,
  makeEntryBundle,
  RegistryTree,
  verifyEntryBundle,
  type VerifiedEntry,
  venueDocument,
  venueEntries,
} from "@comity/protocol";
import { dutyOf } from "../../src/duty/duties.ts";
import { DutyCoalition } from "./dutyCoalition.ts";
import { caseId, designatedCase, postedBond } from "./dutyLedger.ts";

describe("the members' duties", function () {
  this.timeout(120_000);
  let coalition: DutyCoalition;
  beforeEach(async () => (coalition = await DutyCoalition.create()));
  afterEach(() => coalition.close());

  const signedBy = (member: number, slot: string): boolean =>
    coalition.eventsOf("duty-signed").some((event) => event.member === member && event["slot"] === slot);
  const isListed = (suffix: string): boolean => coalition.ledger.venue(suffix)?.status === "listed";
  const digestOf = (registry: "venues" | "bonds") => coalition.ledger.state.digest(registry)?.statement;

  /** What anybody makes of the ledger and verifies with the genesis fingerprint alone. */
  function verified(suffix: string): VerifiedEntry {
    const { genesis, epochs, ledger, networkId, bls } = coalition;
    const entries = venueEntries(ledger.state.venues());
    const digest = ledger.state.digest("venues")!;
    const { statement, keyEpoch, signature } = digest;
    const document = (id: string): unknown => entries.find((entry) => entry.id === id)?.document;
    const registry = {
      ...{ genesis, epochs, document, digest: { statement, keyEpoch, signature } },
      tree: new RegistryTree("venues", entries),
    };
    const decided = isListed(suffix) ? [ledger.state.venueRevision(caseId(suffix), 6)!] : [];
    const bundle = makeEntryBundle(registry, caseId(suffix), decided);
    return verifyEntryBundle(encodeEntryBundle(bundle), { genesis: networkId, bls, id: caseId(suffix) });
  }

  it("are to sign both registries, empty, as soon as there is a key", async () => {
    await coalition.start(1, 2, 3, 4);
    await coalition.digested();

    const empty = new RegistryTree("venues", []);
    for (const registry of ["venues", "bonds"] as const) {
      const { size, root, ledger } = digestOf(registry)!;
      assert.deepEqual({ size, root, height: ledger.height }, { size: 0, root: empty.root, height: 0 });
    }
    assert.equal(verified("A").answer.document, null);
  });

  it("wait for a key", async () => {
    await coalition.start(1, 2, 3);
    await coalition.digested();
    const { view } = coalition.members.get(3)!;
    view.hasKey = false;
    coalition.ledger.put(designatedCase("A"));
    await coalition.until(() => signedBy(1, `${caseId("A")} 6`) && signedBy(2, `${caseId("A")} 6`));
    assert.ok(!isListed("A") && !signedBy(3, `${caseId("A")} 6`));

    view.hasKey = true;
    await coalition.until(() => isListed("A"));
  });

  it("publish what the ledger decided, and then sign the list that it is on", async () => {
    await coalition.start(1, 2, 3, 4);
    coalition.ledger.put(designatedCase("B"));
    await coalition.until(() => isListed("B"));
    await coalition.digested();

    assert.equal(digestOf("venues")?.size, 1);
    const { answer } = verified("B");
    assert.ok(answer.registry === "venues" && answer.document?.status === "listed");
    assert.equal(verified("A").answer.document, null);
  });

  it("end a listing that the members voted to end", async () => {
    await coalition.start(1, 2, 3, 4);
    coalition.ledger.put(designatedCase("A"));
    await coalition.until(() => isListed("A"));
    const listed = coalition.ledger.venue("A")!;
    const ballot = { ...listed.ballot, question: "delist", reason: "It has stopped." };

    coalition.ledger.put(
      venueDocument({ ...listed, rev: listed.rev + 1, status: "delisting-decided", ballot }),
    );
    await coalition.until(() => coalition.ledger.venue("A")?.status === "delisted");
    await coalition.digested();

    assert.equal(coalition.ledger.venue("A")?.delisting?.reason, "It has stopped.");
  });

  it("sign each statement once, though blocks come faster than signatures", async () => {
    await coalition.start(1, 2, 3, 4);
    for (let rev = 1; rev <= 12; rev++)
      coalition.ledger.put(postedBond("A", rev), postedBond(`B${100 + rev}`));
    await coalition.digested();

    assert.equal(digestOf("bonds")?.size, 13);
    const slots = coalition.eventsOf("duty-signed").map(({ member, slot }) => `${member} ${String(slot)}`);
    assert.equal(new Set(slots).size, slots.length);
    assert.equal(coalition.eventsOf("duty-contradicted").length, 0);
  });

  it("are done without a member that is dead", async () => {
    await coalition.start(1, 2, 4);
    coalition.ledger.put(designatedCase("A"));
    await coalition.until(() => isListed("A"));
    await coalition.digested();
  });

  it("wait while two members are dead, and are done when one is back", async () => {
    await coalition.start(1, 2);
    coalition.ledger.put(designatedCase("A"));
    const slot = `${caseId("A")} 6`;
    const hasBoth = (index: number): boolean =>
      coalition.members
        .get(index)!
        .duties.status()
        .some((duty) => duty.slot === slot && duty.signed.length === 2);
    await coalition.until(() => hasBoth(1) && hasBoth(2));
    assert.ok(!isListed("A"));

    await coalition.start(3);
    await coalition.until(() => isListed("A"));
  });

  it("are done by members that hold a share, and brought to the ledger by any", async () => {
    coalition.shareless.add(1);
    await coalition.start(1, 2, 3, 4);
    await coalition.digested();
    coalition.ledger.put(designatedCase("A"));
    await coalition.until(() => isListed("A"));

    assert.ok(!coalition.eventsOf("duty-signed").some(({ member }) => member === 1));
  });

  it("are done although a member lies about what the ledger says, which the others tell", async () => {
    await coalition.start(1, 2, 3);
    await coalition.digested();
    const { statement } = dutyOf({
      ...{ type: "comity/v1/designation", venueId: designatedCase("A").venueId, rev: 6 },
      documentHash: "ee".repeat(32),
    });
    coalition.ledger.isDown = true;
    coalition.ledger.put(designatedCase("A"));
    await coalition.until(() => signedBy(3, `${caseId("A")} 6`));

    await coalition.publish(4, encodeCanonical(coalition.part(4, statement)));
    coalition.ledger.isDown = false;
    await coalition.until(() => isListed("A"));

    const told = coalition
      .eventsOf("duty-contradicted")
      .map(({ member, memberIndex }) => [member, memberIndex]);
    assert.deepEqual(told, [
      [1, 4],
      [2, 4],
      [3, 4],
    ]);
  });

  it("are done although a member floods everybody with bad parts in all names", async () => {
    await coalition.start(1, 2);
    coalition.ledger.put(designatedCase("A"));
    const { statement } = dutyOf({
      ...{ type: "comity/v1/designation", venueId: designatedCase("A").venueId, rev: 6 },
      documentHash: "ee".repeat(32),
    });
    for (let filler = 0; filler < 20; filler++) {
      for (const member of [1, 2, 3, 4]) {
        const partial = new Uint8Array(96).fill(filler);
        await coalition.publish(
          4,
          encodeCanonical(coalition.part(member, statement, { partial, signer: 4 })),
        );
      }
    }

    await coalition.start(3);
    await coalition.until(() => isListed("A"));
    const fromMallory = coalition.verdicts.filter(({ from }) => from === 4);
    assert.ok(fromMallory.every(({ verdict }) => verdict !== "accept"));
    assert.ok(fromMallory.filter(({ verdict }) => verdict === "reject").length <= 2 * 4);
  });

  it("are done by members that are not at the same block", async () => {
    await coalition.start(1, 2, 3);
    await coalition.digested();
    const { view } = coalition.members.get(3)!;
    view.isPaused = true;
    for (let rev = 1; rev <= 8; rev++) coalition.ledger.put(postedBond("A", rev));
    const newest = `bonds ${coalition.ledger.height}`;
    await coalition.until(() => signedBy(1, newest) && signedBy(2, newest));

    for (let taken = 0; taken < 5; taken++) view.followOne();
    await coalition.until(() => (digestOf("bonds")?.size ?? 0) > 0);

    assert.ok(digestOf("bonds")!.ledger.height < coalition.ledger.height);
    view.isPaused = false;
    view.follow();
    await coalition.digested();
  });

  it("are taken up after all died with them signed and the ledger away", async () => {
    await coalition.start(1, 2, 3, 4);
    await coalition.digested();
    coalition.ledger.isDown = true;
    const before = coalition.ledger.submissions.length;
    coalition.ledger.put(designatedCase("A"));
    await coalition.until(() => coalition.ledger.submissions.length > before);
    for (const index of [1, 2, 3, 4]) await coalition.kill(index);
    const signed = coalition.eventsOf("duty-signed").length;

    coalition.ledger.isDown = false;
    await coalition.start(1, 2, 3);
    await coalition.until(() => isListed("A"));

    const again = coalition.eventsOf("duty-signed").slice(signed);
    assert.deepEqual(
      again.filter(({ slot }) => slot === `${caseId("A")} 6`),
      [],
    );
  });

  it("are caught up with when the digest on the ledger is older than the registry", async () => {
    await coalition.start(1, 2, 3);
    await coalition.digested();
    for (const index of [1, 2, 3]) await coalition.kill(index);
    coalition.ledger.put(postedBond("A"));
    coalition.ledger.put(postedBond("B"));

    await coalition.start(2, 3, 4);
    await coalition.digested();

    assert.equal(digestOf("bonds")?.size, 2);
  });

  it("never make a member sign a second statement in a slot, whatever its view of the ledger says later", async () => {
    await coalition.start(1);
    coalition.ledger.put(designatedCase("A"));
    const slot = `${caseId("A")} 6`;
    await coalition.until(() => signedBy(1, slot));
    await coalition.kill(1);
    coalition.ledger.put(designatedCase("A", { reasons: "Another one." }));

    await coalition.start(1);
    await coalition.until(() => coalition.eventsOf("duty-barred").length > 0);

    const { log } = coalition.members.get(1)!;
    const size = log.size;
    await coalition.until(() => coalition.verdicts.length >= 0);
    assert.equal(log.size, size);
    assert.deepEqual(
      coalition.eventsOf("duty-barred").map((event) => event["slot"]),
      [slot],
    );
  });
});
