import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { parseEvent, type ProcessEvent } from "../../src/coalition/child.ts";
import { nodeProgram, type ProcessSpec } from "../../src/coalition/processSpec.ts";
import { Supervisor } from "../../src/coalition/supervisor.ts";
import { scratchDirectories } from "../scratch.ts";

const stays = `setInterval(() => {}, 1e6); console.log('{"event":"ready"}');`;
const ignoresSigterm = `process.on("SIGTERM", () => {}); ${stays}`;

describe("Supervisor", function () {
  this.timeout(20_000); // processes are started
  const scratch = scratchDirectories();

  function specOf(script: string): ProcessSpec {
    const directory = scratch();
    const file = join(directory, "process.cjs");
    writeFileSync(file, script);
    return { name: "one", ...nodeProgram(file), env: {}, logFile: join(directory, "log") };
  }

  function watched() {
    const events: ProcessEvent[] = [];
    let wake = (): void => undefined;
    const supervisor = new Supervisor({
      onEvent: (_, event) => {
        events.push(event);
        wake();
      },
      sleep: () => Promise.resolve(),
      now: () => 0,
    });
    const seen = async (name: string, count: number): Promise<void> => {
      while (events.filter(({ event }) => event === name).length < count) {
        await new Promise<void>((resolve) => (wake = resolve));
      }
    };
    return { supervisor, events, seen };
  }

  it("hears a process's events and keeps everything else that it prints in its log", async () => {
    const spec = specOf(`console.log("plain"); console.error("trouble"); ${stays}`);
    const { supervisor, seen } = watched();

    supervisor.start(spec);
    await seen("ready", 1);
    await supervisor.stopAll();

    assert.match(readFileSync(spec.logFile, "utf8"), /plain/);
    assert.match(readFileSync(spec.logFile, "utf8"), /trouble/);
  });

  it("brings back a process that is killed, and says so", async () => {
    const { supervisor, events, seen } = watched();
    supervisor.start(specOf(stays));
    await seen("ready", 1);

    supervisor.signal("one", "SIGKILL");
    await seen("ready", 2);
    await supervisor.stopAll();

    const death = events.find(({ event }) => event === "process-died");
    assert.deepEqual(death, { event: "process-died", code: null, signal: "SIGKILL", willRestart: true });
  });

  it("gives up on a process that keeps dying", async () => {
    const { supervisor, events, seen } = watched();

    supervisor.start(specOf("process.exit(3);"));
    await seen("process-died", 8);
    await supervisor.stopAll();

    const deaths = events.map(({ willRestart }) => willRestart);
    assert.deepEqual(deaths, [true, true, true, true, true, true, true, false]);
  });

  it("leaves a process dead that was killed on purpose, until it is restarted", async () => {
    const { supervisor, events, seen } = watched();
    supervisor.start(specOf(stays));
    await seen("ready", 1);

    await supervisor.kill("one");
    assert.deepEqual(supervisor.states(), [{ name: "one", pid: undefined }]);
    await supervisor.restart("one");
    await seen("ready", 2);
    await supervisor.stopAll();

    assert.equal(
      events.some(({ event }) => event === "process-died"),
      false,
    );
  });

  it("starts one process where two restart it at once, and none where somebody kills it meanwhile", async () => {
    const { supervisor, events, seen } = watched();
    supervisor.start(specOf(stays));
    await seen("ready", 1);

    await Promise.all([supervisor.restart("one"), supervisor.restart("one")]);
    await seen("ready", 2);
    const third = supervisor.restart("one");
    await supervisor.kill("one");
    await third;

    assert.deepEqual(supervisor.states(), [{ name: "one", pid: undefined }]);
    assert.equal(events.filter(({ event }) => event === "ready").length, 2);
  });

  it("starts nothing any more once all are stopped", async () => {
    const { supervisor, seen } = watched();
    supervisor.start(specOf(stays));
    await seen("ready", 1);
    await supervisor.stopAll();

    await supervisor.restart("one");

    assert.deepEqual(supervisor.states(), [{ name: "one", pid: undefined }]);
  });

  it("ends a process that is stopped in its tracks", async () => {
    const { supervisor, seen } = watched();
    supervisor.start(specOf(stays));
    await seen("ready", 1);

    supervisor.signal("one", "SIGSTOP");
    await supervisor.stopAll(10);

    assert.deepEqual(supervisor.states(), [{ name: "one", pid: undefined }]);
  });

  it("names the processes that there are when asked for another", async () => {
    const { supervisor } = watched();

    await assert.rejects(supervisor.kill("two"), { code: "PROCESS_UNKNOWN" });
  });

  it("takes its processes with it when it is killed itself", async () => {
    const directory = scratch();
    const child = specOf(`${stays} console.log(JSON.stringify({ event: "pid", pid: process.pid }));`);
    const module = pathToFileURL(join(import.meta.dirname, "../../src/coalition/supervisor.js")).href;
    const script = join(directory, "parent.mjs");
    writeFileSync(
      script,
      `import { Supervisor } from ${JSON.stringify(module)};
       const onEvent = (_, event) => { if (event.event === "pid") console.log(event.pid); };
       new Supervisor({ onEvent, sleep: async () => {}, now: () => 0 }).start(${JSON.stringify(child)});`,
    );
    const parent = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(createInterface({ input: parent.stdout }), "line")) as [string];

    parent.kill("SIGKILL");
    await gone(Number(line));
  });

  /** Looks until the process is no more; the suite's timeout is the limit. */
  async function gone(pid: number): Promise<void> {
    for (;;) {
      try {
        process.kill(pid, 0);
      } catch {
        return;
      }
      await pause(10);
    }
  }

  it("kills a process that ignores the request to end", async () => {
    const { supervisor, seen } = watched();
    supervisor.start(specOf(ignoresSigterm));
    await seen("ready", 1);

    await supervisor.stopAll(10);

    assert.deepEqual(supervisor.states(), [{ name: "one", pid: undefined }]);
  });
});

describe("parseEvent", () => {
  it("takes one JSON object with an event's name, and nothing else", () => {
    assert.deepEqual(parseEvent('{"event":"ready","port":1}'), { event: "ready", port: 1 });
    for (const line of ["", "ready", "{", '{"event":1}', '["event"]', "null"]) {
      assert.equal(parseEvent(line), undefined, line);
    }
  });
});
