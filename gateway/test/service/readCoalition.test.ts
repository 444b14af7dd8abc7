import assert from "node:assert/strict";
import { AnswerCache } from "../../src/service/answerCache.ts";
import type { NodeConsole, NodeStatus } from "../../src/service/nodeConsole.ts";
import { type Coalition, readCoalition } from "../../src/service/readCoalition.ts";
import { exampleGenesis, networkId, register, registerWithOneNode, signedEpochs } from "../example.ts";
import { ScriptedLedger, type Script } from "../scriptedLedger.ts";

const nodeOf = (memberId: string, status: NodeStatus): NodeConsole => ({
  memberId,
  status: () => Promise.resolve(status),
  bundle: () => Promise.resolve("absent"),
});

function read(script: Script, nodes: NodeConsole[] = [], genesis = exampleGenesis): Promise<Coalition> {
  const nodeStatus = new AnswerCache<NodeStatus>(
    { ttlMs: 1, maxEntries: 9, maxInFlight: 9 },
    { now: () => 0 },
  );
  const view = { status: () => ({ height: 8, state: "following" }) as const };
  return readCoalition({ ledger: new ScriptedLedger(script), view, nodes, nodeStatus, genesis, networkId });
}

const script: Script = {
  "coalition:ReadRegister": () => registerWithOneNode,
  "coalition:ReadEpochs": () => signedEpochs,
};

describe("readCoalition", () => {
  it("joins genesis, register, key and what nodes say", async () => {
    const nodes = [
      nodeOf("aa", { state: "ready", ledgerHeight: "9" }),
      nodeOf("bb", { state: "unready", ledgerHeight: "12" }),
    ];

    const coalition = await read(script, nodes);

    assert.equal(coalition.networkId, networkId);
    assert.equal(coalition.key?.keyEpoch, 1);
    assert.deepEqual([coalition.ledgerHeight, coalition.height], ["12", 8]);
    assert.deepEqual(
      coalition.members.map(({ node }) => node.state),
      ["ready", "unregistered", "unregistered", "unregistered"],
    );
  });

  it("names the members that the register has: one has joined, and one has left", async () => {
    const [first, ...others] = register.members;
    const joined = { ...others[2]!, index: 5, memberId: "ee", name: "Eland" };
    const now = { ...register, rev: 2, members: [...others, joined], former: [first] };

    const coalition = await read({ ...script, "coalition:ReadRegister": () => now });

    assert.deepEqual(
      coalition.members.map(({ memberId }) => memberId),
      ["bb", "cc", "dd", "ee"],
    );
  });

  it("does not invent the state of a node that it cannot ask", async () => {
    const coalition = await read(script);

    assert.equal(coalition.members[0]?.node.state, "unknown");
    assert.equal(coalition.ledgerHeight, null);
  });

  it("has no key before the members have made one", async () => {
    const coalition = await read({ ...script, "coalition:ReadEpochs": () => ({ epochs: [] }) });

    assert.equal(coalition.key, null);
  });

  it("says what an evaluation network is, and with which clock", async () => {
    const { evaluationNotice } = await read(script);

    assert.match(evaluationNotice ?? "", /evaluation network.*86,400 times.*tolerates no faults/);
  });

  it("says nothing of the kind in production", async () => {
    const genesis = { ...exampleGenesis, mode: "production" as const };

    assert.equal((await read(script, [], genesis)).evaluationNotice, null);
  });

  it("refuses the ledger of another network", async () => {
    const other = { ...register, networkId: "00".repeat(32) };

    await assert.rejects(read({ ...script, "coalition:ReadRegister": () => other }), {
      code: "LEDGER_NETWORK",
    });
  });
});
