import assert from "node:assert/strict";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { type Coalition, serveControl } from "@comity/cli";
import { canonicalString } from "@comity/protocol";
import { type CliAnswer, comity } from "../system/cli.ts";
import { eventually } from "../system/eventually.ts";
import { endRealNetwork, startRealNetwork } from "./realNetwork.ts";

interface Listed {
  readonly register: {
    readonly rev: number;
    readonly members: readonly { readonly memberId: string }[];
    readonly former: readonly { readonly memberId: string }[];
  };
}

describe("The members of a coalition on a real network", function () {
  this.timeout(240_000);
  let coalition: Coalition;
  let stopControl: () => Promise<void>;
  const written: string[] = [];

  async function start(root?: string): Promise<void> {
    coalition = await startRealNetwork(root, { ledgerOnly: false });
    stopControl = await serveControl(coalition);
  }
  async function stop(): Promise<void> {
    await stopControl();
    await coalition.close();
  }
  before(() => start());
  after(async () => {
    await stopControl();
    await endRealNetwork(coalition);
  });

  const run = (...args: string[]): Promise<CliAnswer> =>
    comity(...args, "--json", "--data-dir", coalition.layout.root);
  async function done(...args: string[]): Promise<unknown> {
    const { code, stdout, stderr } = await run(...args);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  }
  async function refused(reason: RegExp, ...args: string[]): Promise<void> {
    const { code, stderr } = await run(...args);
    assert.equal(code, 1);
    assert.match(stderr, reason);
  }
  const vote = (memberId: string) =>
    done("member", "vote", coalition.layout.changeFile, "--member", memberId);
  const text = (operatorId: string, name = operatorId) =>
    canonicalString({ operatorId, memberId: "xd", name });
  const officer = () => coalition.ledger("xd", "officer");

  /** Writes as long as the work takes, and keeps what was acknowledged. */
  async function whileWriting(work: () => Promise<unknown>): Promise<void> {
    let isOver = false;
    const writer = async (): Promise<void> => {
      while (!isOver) {
        const id = `operator-${written.length}`;
        await officer().submitIdempotent("facility:RegisterOperator", text(id));
        written.push(id);
      }
    };
    const writing = writer();
    await work().finally(() => (isOver = true));
    await writing;
  }

  /** Another name under an id that the ledger has is refused. */
  async function assertNothingLost(): Promise<void> {
    for (const id of written)
      await assert.rejects(officer().evaluate("facility:RegisterOperator", text(id, "Other")), {
        code: "OPERATOR_EXISTS",
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
        const answer = await fetch(`${coalition.consoleUrl(memberId)}/readyz`).catch(() => undefined);
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
    const file = coalition.layout.changeUpdateFile;
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
    await coalition
      .ledger("xe", "officer")
      .submitIdempotent("facility:RegisterOperator", canonicalString(own));
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

  it("are the same after everything was stopped and started", async () => {
    const { root } = coalition.layout;
    await stop();

    await start(root);

    assert.deepEqual(await membersNow(), [2, "xb xc xd xe", "xa"]);
    await assertAgreement();
    await assertNothingLost();
  });
});
