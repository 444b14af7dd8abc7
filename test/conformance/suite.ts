import assert from "node:assert/strict";
import type { Case, Scene } from "./case.ts";
import { differences } from "./differences.ts";
import { groups } from "./group/index.ts";
import { ConformanceNetwork } from "./network/conformanceNetwork.ts";

/** Every case on one ledger. Fabric is the truth; a case that is named as a difference must be one on the embedded ledger. */
export function conformance(ledger: "embedded" | "fabric"): void {
  describe(`Conformance, on ${ledger}`, function () {
    this.timeout(240_000);
    const differing = ledger === "embedded" ? differences : new Map<string, string>();
    let network: ConformanceNetwork;
    let count = 0;

    before(async () => (network = await ConformanceNetwork.start(ledger)));
    after(() => network.close());

    for (const { title, cases } of groups) {
      describe(title, () => {
        for (const each of cases) {
          const reason = differing.get(nameOf(title, each));
          it(reason === undefined ? each.does : `differs: ${each.does} (${reason})`, async () => {
            const scene = sceneOf(network, `case${++count}/`);
            if (reason === undefined) await conforms(each, scene);
            else await assert.rejects(conforms(each, scene), "it conforms: take it out of the differences");
          });
        }
      });
    }
  });

  it("has a case for every difference that is listed", () => {
    const known = new Set(groups.flatMap(({ title, cases }) => cases.map((each) => nameOf(title, each))));
    assert.deepEqual(
      [...differences.keys()].filter((name) => !known.has(name)),
      [],
    );
  });
}

function nameOf(title: string, { does }: Case): string {
  return `${title} ${does}`;
}

async function conforms({ run, gives }: Case, scene: Scene): Promise<void> {
  assert.deepEqual(await run(scene), gives);
}

function sceneOf(network: ConformanceNetwork, key: string): Scene {
  const [alice, bob] = [network.caller("xa"), network.caller("xb")];
  return { network, alice, bob, key };
}
