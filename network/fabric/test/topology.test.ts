import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeTopology, readTopology } from "../src/index.ts";
import { sampleTopology } from "./sampleTopology.ts";

describe("a topology", () => {
  const invalid = { code: "TOPOLOGY_INVALID" };
  const valid = sampleTopology();
  const [first, second, ...rest] = valid.members;
  const withMember = (change: object) => ({ ...valid, members: [first, { ...second, ...change }, ...rest] });

  it("is what members agree on", () => {
    assert.deepEqual(decodeTopology(structuredClone(valid)), valid);
  });

  for (const [what, value] of [
    ["three members", { ...valid, members: valid.members.slice(1) }],
    ["a key that nobody knows", { ...valid, consortium: "x" }],
    ["one member twice", withMember({ memberId: first?.memberId })],
    ["one consenter id twice", withMember({ consenterId: first?.consenterId })],
    ["one MSP twice", withMember({ mspId: first?.mspId })],
    ["an observer that is a member", { ...valid, observers: [{ mspId: "X1MSP", rootCertificateFile: "a" }] }],
    ["two programs at one address", withMember({ ports: first?.ports })],
    ["a host that is none", withMember({ host: "a b" })],
    ["an MSP id that could leave its quotes in a policy", withMember({ mspId: "X'MSP" })],
    ["a channel with a name that Fabric refuses", { ...valid, channel: "Comity" }],
  ] as const) {
    it(`is refused with ${what}`, () => {
      assert.throws(() => decodeTopology(value), invalid);
    });
  }

  it("takes the same ports at different hosts", () => {
    assert.doesNotThrow(() =>
      decodeTopology(withMember({ ports: first?.ports, host: "orderer.xb.example" })),
    );
  });

  describe("in a file", () => {
    const folder = mkdtempSync(join(tmpdir(), "comity-topology-"));
    const file = join(folder, "topology.json");
    after(() => rmSync(folder, { recursive: true }));

    it("names files from where it lies itself", async () => {
      writeFileSync(file, JSON.stringify(valid));

      const { members, observers } = await readTopology(file);

      assert.equal(members[1]?.ordererTlsCertificateFile, join(folder, "x1/orderer-tls.pem"));
      assert.equal(observers[0]?.rootCertificateFile, join(folder, "harbour/ca.pem"));
    });

    it("is refused where it is not JSON, and where it is not there", async () => {
      writeFileSync(file, "members:");

      await assert.rejects(readTopology(file), invalid);
      await assert.rejects(readTopology(join(folder, "none.json")), invalid);
    });
  });
});
