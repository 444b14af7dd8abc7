import assert from "node:assert/strict";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { canonicalString } from "@comity/protocol";
import { eventually } from "../system/eventually.ts";
import { NetworkProcess } from "./networkProcess.ts";

interface Listed {
  readonly register: {
    readonly rev: number;
    readonly members: readonly { readonly memberId: string }[];
    readonly former: readonly { readonly memberId: string }[];
  };
}

describe("The members of a coalition on a real network", function () {
  this.timeout(240_000);
  const network = new NetworkProcess("all");
  const { layout } = network;
  const written: string[] = [];

  before(() => network.start());
  after(() => network.remove());

  async function done(...args: string[]): Promise<unknown> {
    const { code, stdout, stderr } = await network.run(...args);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  }
  async function refused(reason: RegExp, ...args: string[]): Promise<void> {
    const { code, stderr } = await network.run(...args);
    assert.equal(code, 1);
    assert.match(stderr, reason);
  }
  const vote = (memberId: string) => done("member", "vote", layout.changeFile, "--member", memberId);
  const text = (operatorId: string, name = operatorId) =>
    canonicalString({ operatorId, memberId: "xd", name });

  /** Writes as long as the work takes, and keeps what was acknowledged. */
  async function whileWriting(work: () => Promise<unknown>): Promise<void> {
    let isOver = false;
    const writing = network.asOfficer("xd", async (ledger) => {
      while (!isOver) {
        const id = `operator-${written.length}`;
        await ledger.submitIdempotent("facility:RegisterOperator", text(id));
        written.push(id);
      }
    });
    await work().finally(() => (isOver = true));
    await writing;
  }

  /** Another name under an id that the ledger has is refused. */
  async function assertNothingLost(): Promise<void> {
    await network.asOfficer("xd", async (ledger) => {
      for (const id of written)
        await assert.rejects(ledger.evaluate("facility:RegisterOperator", text(id, "Other")), {
          code: "OPERATOR_EXISTS",
        });
    });
  }

  async function membersNow(): Promise<[rev: number, members: string, former: string]> {
    const { register } = (await done("member", "list")) as Listed;
    const idsOf = (members: readonly { readonly memberId: string }[]): string =>
      members.map(({ memberId }) => memberId).join(" ");
    return [register.rev, idsOf(register.members), idsOf(register.former)];
  }

  async function assertAgreement(): Promise<void> {
    const { findings } = (await done("doctor")) as { findings: { what: string; holds: boolean }[] };
    assert.equal(findings.length, 8);
    await eventually("all to have come equally far", async () => {
      const { processes } = (await done("fabric", "status")) as { processes: { height: number }[] };
      return new Set(processes.map(({ height }) => height)).size === 1 ? true : undefined;
    });
  }

  const isReady = (memberId: string) =>
    eventually(
      `${memberId}'s node to be ready`,
      async () => {
        const { ports } = network.network.members.find((each) => each.memberId === memberId)!;
        const answer = await fetch(`http://127.0.0.1:${ports.console}/readyz`).catch(() => undefined);
        return answer?.status === 200 ? true : undefined;
      },
      60_000,
    );

  it("change by nobody's hand before a quorum has voted", async () => {
    await refused(/No change of the members is prepared/, "fabric", "apply");
    await done("fabric", "prepare", "join", "--reason", "It has asked to.");
    await refused(/A quorum must vote/, "fabric", "apply");
    for (const memberId of ["xa", "xb", "xb"]) await vote(memberId);

    await refused(/so far xa, xb did/, "fabric", "apply");
    await vote("xc");

    assert.deepEqual(await membersNow(), [0, "xa xb xc xd", ""]);
  });

  it("change by no other update of the channel than the one that was voted for", async () => {
    const file = layout.changeUpdateFile;
    const update = readFileSync(file);
    appendFileSync(file, "\0");

    await refused(/is not the update that .* names/, "fabric", "apply");

    writeFileSync(file, update);
  });

  it("become five while clients work, and nothing is lost", async () => {
    await whileWriting(() => done("fabric", "apply"));

    assert.deepEqual(await membersNow(), [1, "xa xb xc xd xe", ""]);
    await assertAgreement();
    await assertNothingLost();
    await isReady("xe");
    const own = { operatorId: "estmere-compute", memberId: "xe", name: "Estmere Compute" };
    await network.asOfficer("xe", (ledger) =>
      ledger.submitIdempotent("facility:RegisterOperator", canonicalString(own)),
    );
  });

  it("become four again when the first one leaves, while clients work, and nothing is lost", async () => {
    await done("fabric", "prepare", "leave", "xa", "--reason", "It has asked to.");
    for (const memberId of ["xb", "xc", "xe"]) await vote(memberId);
    await refused(/A quorum must vote/, "fabric", "apply");
    await vote("xd");

    await whileWriting(() => done("fabric", "apply"));

    assert.deepEqual(await membersNow(), [2, "xb xc xd xe", "xa"]);
    await assertAgreement();
    await assertNothingLost();
    assert.ok(written.length > 10, `${written.length} transactions`);
    for (const memberId of ["xb", "xc", "xd", "xe"]) await isReady(memberId);
  });

  /** Where `apply` has come to when everything is killed. */
  const points = {
    "the channel is changed": () => !existsSync(layout.nextTopologyFile),
    "the newcomer's orderer has begun": () => existsSync(layout.changeBlockFile),
  };
  for (const [point, isReached] of Object.entries(points)) {
    it(`become five though everything was killed once ${point}`, async () => {
      const [before] = await membersNow();
      if (!existsSync(layout.changeFile)) {
        await done("fabric", "prepare", "join", "--reason", "It has asked to.");
        for (const memberId of ["xb", "xc", "xd"]) await vote(memberId);
      }
      const applying = network.run("fabric", "apply");
      await eventually(point, () => Promise.resolve(isReached() ? true : undefined), 60_000);
      await network.end("SIGKILL");
      assert.equal((await applying).code, 1);

      await network.start();
      assert.deepEqual((await membersNow())[0], before);
    });
  }

  it("change by nothing else until what is half-way has come to its end", async () => {
    for (const args of [
      ["prepare", "join", "--reason", "Another."],
      ["renew", "xb"],
    ])
      await refused(/interrupted half-way/, "fabric", ...args);
  });

  it("go on where they were", async () => {
    await done("fabric", "apply");

    assert.deepEqual(await membersNow(), [3, "xa xb xc xd xe", ""]);
    await assertAgreement();
    await assertNothingLost();
  });

  it("are the same after everything was stopped and started", async () => {
    await network.end("SIGTERM");

    await network.start();

    assert.deepEqual(await membersNow(), [3, "xa xb xc xd xe", ""]);
    await assertAgreement();
    await assertNothingLost();
  });
});
