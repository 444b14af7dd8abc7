import { TestCoalition } from "./testCoalition.ts";

let users = 0;
let running: Promise<TestCoalition> | undefined;

/**
 * One coalition for all suites that call this while they are defined: it starts with the first of them and ends with the last.
 * Each test works on sites of its own, and leaves everything running.
 */
export function sharedCoalition(): () => TestCoalition {
  let coalition: TestCoalition | undefined;
  users += 1;
  before(async () => {
    running ??= TestCoalition.start();
    coalition = await running;
    await coalition.heal();
  });
  afterEach(async () => {
    await coalition?.heal();
  });
  after(async () => {
    users -= 1;
    if (users > 0) return;
    await coalition?.close();
    running = undefined;
  });
  return () => {
    if (coalition === undefined) throw new Error("the coalition is there from `before` on");
    return coalition;
  };
}
