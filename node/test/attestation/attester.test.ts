import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Attester, type AttesterEvent, faultCodes, startAttester } from "@comity/attester";
import type { Authority, TlsAuthority } from "@comity/fabric";
import { DAY_MS, decodeEntry, parseMemberId, type SignedSegment } from "@comity/protocol";
import { createEd25519Verify, Intake, IntakeServer } from "../../src/attestation/index.ts";
import type { FileEvidenceLogs } from "../../src/log/index.ts";
import { logsOf, temporaryFolders } from "../log/fixture.ts";
import { networkId, origin, site, TestHost } from "./fixture.ts";
import { createTestAuthority, createTestTlsAuthority, issueServer, type Pems, writeAttester } from "./tls.ts";

const main = fileURLToPath(new URL("../../../attester/dist/src/main.js", import.meta.url));
const realClock = {
  now: () => Date.now(),
  sleep: (ms: number, signal: AbortSignal) => setTimeout(ms, undefined, { signal }),
};

interface Node {
  readonly logs: FileEvidenceLogs;
  readonly port: number;
  stop(): Promise<void>;
}

describe("an attester and its node", function () {
  this.timeout(60_000); // Processes, handshakes and a policy day that lasts a tenth of a second.
  const folders = temporaryFolders();
  const hosts = ["alice", "bob", "carol"].map((name) => new TestHost(name));
  const clock = {
    originMs: Math.floor(Date.now() / DAY_MS) * DAY_MS,
    scale: 864_000,
    scaledMs: 365 * DAY_MS,
    bucketMs: 1000,
  };
  let authority: Authority;
  let tlsAuthority: TlsAuthority;
  let pems: Pems;
  let directory: string;

  before(async () => {
    authority = await createTestAuthority();
    tlsAuthority = await createTestTlsAuthority();
    pems = await issueServer(tlsAuthority);
  });
  beforeEach(async () => {
    directory = await folders.make();
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    for (const agent of agents.splice(0)) await agent.stop();
  });
  after(folders.removeAll);

  async function startNode(port = 0): Promise<Node> {
    const { logs, fatal } = logsOf(1, directory);
    await logs.start();
    const byId = new Map<string, TestHost["document"]>(
      hosts.map(({ document }) => [document.hostId, document]),
    );
    const intake = new Intake(
      { directory: `${directory}/hosts`, networkId, memberId: parseMemberId("aa"), networkClock: clock },
      {
        logs,
        replicator: { replicate: () => Promise.resolve() },
        enrolments: { host: (id) => byId.get(id), site: () => site },
        clock: realClock,
        verify: createEd25519Verify({ maxKeys: 100 }),
        fatal: (error) => fatal.push(error),
      },
    );
    await intake.start();
    const tls = { ...pems, clientRoots: [authority.rootCertificatePem] };
    const server = new IntakeServer(
      { host: "127.0.0.1", port, ...tls },
      { intake, report: (error) => fatal.push(error as Error) },
    );
    const started = await server.start();
    const stop = async (): Promise<void> => {
      await server.stop();
      await intake.stop();
      await logs.stop();
      assert.deepEqual(fatal, []);
    };
    return { logs, port: started.port, stop };
  }

  async function settings(
    port: number,
    more: object = {},
  ): Promise<{ path: string; config: Parameters<typeof startAttester>[0] }> {
    const intake = { url: `https://127.0.0.1:${port}` };
    return writeAttester(await folders.make(), { authority, tlsAuthority }, hosts, {
      clock,
      intake,
      ...more,
    });
  }

  it("loses nothing and doubles nothing while either is killed or away", async () => {
    let node = await startNode();
    const { path } = await settings(node.port);

    let agent = spawnAttester(path);
    await reaches(node.logs, 9);
    await killed(agent, "SIGKILL");
    agent = spawnAttester(path);
    await reaches(node.logs, node.logs.head(origin)!.size + 9);
    const { port } = node;
    await node.stop();
    const { size } = node.logs.head(origin)!;
    await saysOnce(said.get(agent)!, "unreachable");
    await killed(agent, "SIGKILL");
    agent = spawnAttester(path);
    await saysOnce(said.get(agent)!, "unreachable");
    node = await startNode(port);
    await reaches(node.logs, size + 12);
    await killed(agent, "SIGTERM");

    const segments = await segmentsOf(node.logs);
    for (const { document } of hosts)
      assertUnbroken(segments.filter(({ hostId }) => hostId === document.hostId));
    await node.stop();
  });

  it("gets each deliberate fault refused for what it is, and its good evidence goes on", async () => {
    const node = await startNode();
    const { config } = await settings(node.port, { faults: faultCodes });
    const { agent, says } = await startAgent(config);

    await saysOnce(says, "fault");
    await reaches(node.logs, node.logs.head(origin)!.size + 15);
    await agent.stop();

    const { events } = says;
    const faults = events.filter(({ event }) => event === "fault");
    assert.deepEqual(
      faults.map(({ code, answer }) => ({ code, answer })),
      faultCodes.map((code) => ({ code, answer: code })),
    );
    assert.equal(
      events.find(({ event }) => event === "refused"),
      undefined,
    );
    for (const { document } of hosts) {
      assertUnbroken((await segmentsOf(node.logs)).filter(({ hostId }) => hostId === document.hostId));
    }
    await node.stop();
  });

  it("begins anew from where the node says it stands when its spool is gone", async () => {
    const node = await startNode();
    const first = await settings(node.port);
    const { agent } = await startAgent(first.config);
    await reaches(node.logs, 9);
    await agent.stop();

    const second = await settings(node.port);
    const { agent: again } = await startAgent(second.config);
    await reaches(node.logs, node.logs.head(origin)!.size + 9);
    await again.stop();

    const segments = await segmentsOf(node.logs);
    for (const { document } of hosts)
      assertUnbroken(segments.filter(({ hostId }) => hostId === document.hostId));
    assert.deepEqual(new Set(segments.map(({ bootCount }) => bootCount)), new Set([1, 2]));
    await node.stop();
  });
});

async function segmentsOf(logs: FileEvidenceLogs): Promise<SignedSegment[]> {
  const entries = await logs.entries(origin, 0, logs.head(origin)!.size);
  return entries.map((entry) => decodeEntry(entry).segment);
}

/** Numbers from 1 without a gap, each interval from where the one before ended. */
function assertUnbroken(segments: readonly SignedSegment[]): void {
  assert.ok(segments.length > 2);
  segments.forEach((segment, i) => {
    assert.equal(segment.segmentNumber, BigInt(i + 1));
    if (i > 0) assert.equal(segment.startMs, segments[i - 1]!.endMs);
  });
}

/** Resolves once the log holds so many entries. */
function reaches(logs: FileEvidenceLogs, size: number): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if ((logs.head(origin)?.size ?? 0) >= size) resolve();
    };
    logs.onAppend(check);
    check();
  });
}

const children: ChildProcess[] = [];
const agents: Attester[] = [];

/** An attester in this process, and everything that it says. */
async function startAgent(
  config: Parameters<typeof startAttester>[0],
): Promise<{ agent: Attester; says: Said }> {
  const events: AttesterEvent[] = [];
  const emitter = new EventEmitter();
  const emit = (event: AttesterEvent): void => {
    events.push(event);
    emitter.emit("said");
  };
  const agent = await startAttester(config, { clock: realClock, random: Math.random, emit });
  agents.push(agent);
  return { agent, says: { events, emitter } };
}

interface Said {
  readonly events: AttesterEvent[];
  readonly emitter: EventEmitter;
}

const said = new WeakMap<ChildProcess, Said>();

function spawnAttester(path: string): ChildProcess {
  const child = spawn(process.execPath, ["--max-old-space-size=64", main, path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const events: AttesterEvent[] = [];
  children.push(child);
  const says = { events, emitter: new EventEmitter() };
  said.set(child, says);
  createInterface({ input: child.stdout }).on("line", (line) => {
    events.push(JSON.parse(line) as AttesterEvent);
    says.emitter.emit("said");
  });
  return child;
}

async function saysOnce({ events, emitter }: Said, name: string): Promise<void> {
  while (!events.some(({ event }) => event === name)) await once(emitter, "said");
}

async function killed(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  const [code] = (await once(child, "exit")) as [number | null];
  if (signal === "SIGTERM") assert.equal(code, 0);
}
