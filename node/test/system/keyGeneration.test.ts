import assert from "node:assert/strict";
import type { Child } from "./child.ts";
import { LocalNetwork } from "./localNetwork.ts";

const positions = [0, 1, 2, 3];

describe("four nodes on the embedded ledger", function () {
  this.timeout(120_000);
  let network: LocalNetwork;
  let nodes: Child[];

  before(async () => {
    network = await LocalNetwork.start();
    nodes = await Promise.all(positions.map((position) => network.startNode(position)));
  });

  after(async () => {
    await (network as LocalNetwork | undefined)?.stop();
  });

  it("make a key of which each holds its share, although one is killed in the middle and starts again", async () => {
    await nodes[1]!.event(({ event, phase }) => event === "key-phase" && phase === "deal");
    await nodes[1]!.end("SIGKILL");
    nodes[1] = await network.startNode(1);

    const active = await Promise.all(nodes.map((node) => node.event(({ event }) => event === "key-active")));

    assert.equal(new Set(active.map(({ groupKey }) => groupKey)).size, 1);
    assert.deepEqual(
      active.map(({ holdsShare }) => holdsShare),
      [true, true, true, true],
    );
  });

  it("sign with it at once what the public registries hold, which is nothing yet", async () => {
    const filed = (registry: string) =>
      Promise.race(
        nodes.map((node) =>
          node.event(({ event, slot }) => event === "duty-filed" && String(slot).startsWith(`${registry} `)),
        ),
      );

    const filings = await Promise.all([filed("venues"), filed("bonds")]);

    assert.deepEqual(
      filings.map(({ kind }) => kind),
      ["digest", "digest"],
    );
  });

  it("go on with the same key and share after a restart, and stop cleanly when told to", async () => {
    const [before] = nodes[2]!.events.filter(({ event }) => event === "key-active");
    await nodes[2]!.end("SIGTERM");
    assert.equal(nodes[2]!.exitCode, 0);

    nodes[2] = await network.startNode(2);
    const after = await nodes[2].event(({ event }) => event === "key-active");
    const status = await statusOf(nodes[2]);

    assert.equal(after["groupKey"], before?.["groupKey"]);
    assert.equal(status["holdsShare"], true);
    assert.deepEqual(status["keyGeneration"], { attempt: 1, phase: "active" });
  });
});

async function statusOf(node: Child): Promise<Record<string, unknown>> {
  const { ports } = await node.event(({ event }) => event === "ready");
  const { console: port } = ports as { console: number };
  const response = await fetch(`http://127.0.0.1:${port}/v1/status`);
  return (await response.json()) as Record<string, unknown>;
}
