import assert from "node:assert/strict";
import { join } from "node:path";
import { parseMemberId } from "@comity/protocol";
import type { Coalition } from "../../../src/coalition/coalition.ts";
import { askSupervisor, type Chore, serveControl } from "../../../src/coalition/fabric/control.ts";
import { CliError } from "../../../src/cliError.ts";
import { Layout } from "../../../src/coalition/layout.ts";
import type { Upkeep } from "../../../src/coalition/ledgerEngine.ts";
import { scratchDirectories } from "../../scratch.ts";

describe("The process that runs a real network", () => {
  const scratch = scratchDirectories();
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  async function serve(upkeep: Partial<Upkeep>): Promise<Layout> {
    const layout = new Layout(scratch());
    stops.push(await serveControl({ layout, upkeep } as unknown as Coalition));
    return layout;
  }

  it("does what a command on this machine asks for", async () => {
    const did: string[] = [];
    const layout = await serve({
      changeMembers: () => Promise.resolve(void did.push("change")),
      upgradeChaincode: (file) => Promise.resolve(void did.push(`upgrade ${file}`)),
      renewCertificates: (id) => Promise.resolve(void did.push(`renew ${id}`)),
      rejoinBySnapshot: (id) => Promise.resolve(void did.push(`rejoin ${id}`)),
      rejoinOrderer: (id) => Promise.resolve(void did.push(`rejoin orderer ${id}`)),
    });

    await askSupervisor(layout, { do: "change-members" });
    await askSupervisor(layout, { do: "upgrade", programFile: "/main.js" });
    const memberId = parseMemberId("xa");
    await askSupervisor(layout, { do: "renew", memberId });
    for (const part of ["peer", "orderer"] as const)
      await askSupervisor(layout, { do: "rejoin", memberId, part });

    assert.deepEqual(did, ["change", "upgrade /main.js", "renew xa", "rejoin xa", "rejoin orderer xa"]);
  });

  it("tells the command with what code and sentence the work failed", async () => {
    const layout = await serve({
      changeMembers: () => Promise.reject(new CliError("MEMBER_CHANGE", "A quorum must vote.")),
    });

    await assert.rejects(askSupervisor(layout, { do: "change-members" }), {
      code: "MEMBER_CHANGE",
      message: "A quorum must vote.",
    });
  });

  it("does one thing at a time", async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const layout = await serve({ changeMembers: () => promise });
    const first = askSupervisor(layout, { do: "change-members" });

    await assert.rejects(Promise.race([first, askSupervisor(layout, { do: "change-members" })]), {
      code: "SUPERVISOR_BUSY",
    });
    resolve(undefined);
    await first;
    await askSupervisor(layout, { do: "change-members" });
  });

  it("takes nothing else", async () => {
    const layout = await serve({});

    for (const wanted of [
      {},
      { do: "stop" },
      { do: "toString" },
      { do: "renew" },
      { do: "renew", memberId: "../x" },
    ])
      await assert.rejects(askSupervisor(layout, wanted as Chore));
    const long = { do: "upgrade", programFile: "x".repeat(20_000) } as const;
    await assert.rejects(askSupervisor(layout, long), { code: "USAGE" });
  });

  it("is missed where nobody runs the network, or its directory's name is too long for a socket", async () => {
    const layout = new Layout(scratch());
    await assert.rejects(askSupervisor(layout, { do: "change-members" }), { code: "SUPERVISOR_NONE" });

    const deep = new Layout(join(scratch(), "x".repeat(100)));
    stops.push(await serveControl({ layout: deep } as unknown as Coalition));
    await assert.rejects(askSupervisor(deep, { do: "change-members" }), /too long for a socket/);
  });
});
