import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import { join } from "node:path";
import { createNetwork } from "../../src/coalition/createNetwork.ts";
import { Layout } from "../../src/coalition/layout.ts";
import { type NetworkMember, readNetwork } from "../../src/coalition/networkFile.ts";
import { showStatus } from "../../src/command/status.ts";
import type { Terminal } from "../../src/terminal.ts";
import { scratchDirectories } from "../scratch.ts";

const clock = { scale: 86_400, scaledMs: 180_000, bucketMs: 300_000 };
const originMs = 1_760_000_000_000;

interface Shown {
  readonly policyTime: string;
  readonly keyEpoch: number;
  readonly members: readonly {
    readonly memberId: string;
    readonly up: boolean;
    readonly missing: string[];
  }[];
  readonly proposals: readonly {
    readonly signed: string[];
    readonly missing: string[];
    readonly why: string;
  }[];
}

describe("comity status", function () {
  this.timeout(20_000); // keys are drawn

  const scratch = scratchDirectories();
  const servers: Server[] = [];
  let layout: Layout;

  before(async () => {
    layout = new Layout(join(scratch(), "coalition"));
    await createNetwork(layout, { members: 4, clock }, () => originMs);
  });

  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  /** A console that answers with these documents. */
  async function serve(member: NetworkMember | undefined, answers: Record<string, unknown>): Promise<void> {
    const server = createServer((request, response) => {
      const answer = answers[request.url ?? ""];
      response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer ?? {}));
    });
    servers.push(server);
    server.listen(member?.ports.console, "127.0.0.1");
    await once(server, "listening");
  }

  async function show(): Promise<{ shown: Shown; lines: string }> {
    let shown: unknown;
    let lines = "";
    const out: Terminal = {
      isJson: true,
      say: () => undefined,
      result: (value, text) => {
        shown = value;
        lines = text.join("\n");
      },
    };
    await showStatus(layout.root, out, originMs + 10_000);
    return { shown: shown as Shown, lines };
  }

  const proposal = {
    digest: "ab".repeat(32),
    subject: { operatorId: "greyfield", siteId: "greyfield-quarry" },
    refused: [],
    why: "1 more of members 3, 4 to sign: 2 of 3 have",
  };
  const status = { ready: true, ledgerHeight: "41", keyEpoch: 1, missing: [] };

  it("names who is missing from a proposal that cannot be signed, as the node that knows most says", async () => {
    const [xa, xb] = readNetwork(layout).members;
    const ahead = { ...proposal, signed: ["xa", "xb"], missing: ["xc", "xd"] };
    const behind = { ...proposal, signed: ["xb"], missing: ["xa", "xc", "xd"] };
    await serve(xa, { "/v1/status": status, "/v1/proposals": { proposals: [ahead] } });
    await serve(xb, { "/v1/status": status, "/v1/proposals": { proposals: [behind] } });

    const { shown, lines } = await show();

    assert.deepEqual(
      shown.members.map(({ up }) => up),
      [true, true, false, false],
    );
    assert.equal(shown.proposals.length, 1);
    assert.deepEqual(shown.proposals[0]?.missing, ["xc", "xd"]);
    assert.match(lines, /greyfield-quarry: 1 more of members 3, 4 to sign/);
    assert.match(lines, /missing: xc, xd/);
    assert.match(lines, /Dunholm +does not answer/);
  });

  it("says what a node lacks until it is ready, and that no key is in force", async () => {
    const [xa] = readNetwork(layout).members;
    const missing = [{ code: "KEY_NOT_ACTIVE", why: "the members have not made a key yet" }];
    const young = { ...status, ready: false, keyEpoch: 0, missing };
    await serve(xa, { "/v1/status": young, "/v1/proposals": { proposals: [] } });

    const { shown, lines } = await show();

    assert.equal(shown.keyEpoch, 0);
    assert.match(lines, /No key is in force/);
    assert.match(lines, /not ready: the members have not made a key yet/);
  });

  it("shows policy time, ten days after the origin at ten seconds", async () => {
    await serve(readNetwork(layout).members[0], { "/v1/status": status });

    const { shown } = await show();

    assert.equal(Date.parse(shown.policyTime), originMs + 10 * 86_400_000);
  });

  it("takes an answer of any shape without falling over", async () => {
    const [xa] = readNetwork(layout).members;
    await serve(xa, {
      "/v1/status": { ready: "yes", missing: 7 },
      "/v1/proposals": { proposals: [null, 1, {}] },
    });

    const { shown } = await show();

    assert.equal(shown.members[0]?.up, true);
  });

  it("says how to start a coalition of which nothing answers", async () => {
    await assert.rejects(show(), { code: "NETWORK_UNREACHABLE" });
  });
});
