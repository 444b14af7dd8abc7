import assert from "node:assert/strict";
import { ConfigError, parseConfig } from "../src/index.ts";

const gateway = { mspId: "Member1MSP", host: "127.0.0.1", port: 0, tlsCertificateFile: "c", tlsKeyFile: "k" };
const chaincode = {
  host: "127.0.0.1",
  port: 7,
  tlsRootFile: "r",
  clientCertificateFile: "c",
  clientKeyFile: "k",
};
const member = {
  mspId: "Member1MSP",
  rootCertificateFile: "r",
  signingCertificateFile: "c",
  signingKeyFile: "k",
  chaincode,
};
const collection = { name: "c", members: ["Member1MSP"] };
const other = { name: "second", processes: [{ mspId: "Member1MSP", ...chaincode }] };
const good = {
  channel: "comity",
  chaincodeName: "comity",
  dataDir: "d",
  mode: "evaluation",
  quorum: 1,
  gateways: [gateway],
  members: [member],
};

function problemsOf(value: unknown): readonly string[] {
  try {
    parseConfig(value);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    assert.equal(error.code, "CONFIG_INVALID");
    return error.problems;
  }
  return [];
}

describe("parseConfig", () => {
  it("fills in the defaults and freezes the result", () => {
    const config = parseConfig(good);

    assert.equal(config.timeWindowMs, 60_000);
    assert.equal(config.endorseAll, false);
    assert.deepEqual(config.otherMsps, []);
    assert.equal(Object.isFrozen(config), true);
  });

  it("reports all problems at once, each with its place", () => {
    const problems = problemsOf({
      ...good,
      channel: "",
      quorum: 1.5,
      endorseAll: "yes",
      surprise: 1,
      members: [{ ...member, chaincode: { ...chaincode, port: 70_000, extra: true } }, 7],
    });

    assert.deepEqual(
      problems.map((problem) => problem.split(" ")[0]),
      [
        "channel",
        "members[0].chaincode.port",
        "members[0].chaincode.extra",
        "members[1]",
        "members[1].mspId",
        "members[1].rootCertificateFile",
        "members[1].signingCertificateFile",
        "members[1].signingKeyFile",
        "members[1].chaincode",
        "members[1].chaincode.host",
        "members[1].chaincode.port",
        "members[1].chaincode.tlsRootFile",
        "members[1].chaincode.clientCertificateFile",
        "members[1].chaincode.clientKeyFile",
        "quorum",
        "endorseAll",
        "surprise",
      ],
    );
  });

  it("refuses every mode but evaluation, and says why", () => {
    assert.deepEqual(problemsOf({ ...good, mode: "production" }), [
      'mode is "production"; this ledger has no fault tolerance and runs in "evaluation" only',
    ]);
    assert.deepEqual(problemsOf({ ...good, mode: undefined }), ["mode must be a text that is not empty"]);
  });

  it("refuses what does not fit together", () => {
    const cases: readonly [object, RegExp][] = [
      [{ quorum: 2 }, /quorum 2 is more than 1 members/],
      [{ members: [], quorum: 1 }, /members is empty/],
      [{ gateways: [] }, /gateways is empty/],
      [{ members: [member, member] }, /occurs twice/],
      [{ otherMsps: [{ mspId: "Member1MSP", rootCertificateFile: "r" }] }, /occurs twice/],
      [{ gateways: [{ ...gateway, mspId: "OtherMSP" }] }, /the gateway of OtherMSP belongs to no member/],
      [{ gateways: [gateway, gateway] }, /two gateways/],
      [{ executeTimeoutMs: 3000 }, /executeTimeoutMs must be less/],
      [{ otherChaincodes: [other, other] }, /two chaincodes have one name/],
      [{ otherChaincodes: [{ ...other, name: "comity" }] }, /two chaincodes have one name/],
      [{ otherChaincodes: [{ ...other, processes: [] }] }, /second must have one process of each member/],
      [{ otherChaincodes: [{ ...other, name: "qscc" }] }, /qscc is the name of a system chaincode/],
      [{ collections: [{ name: "c", members: [] }] }, /collection c of comity has no members/],
      [{ collections: [{ name: "c", members: ["OtherMSP"] }] }, /a member OtherMSP that is no MSP/],
      [{ collections: [collection, collection] }, /two collections of comity have one name/],
    ];
    for (const [change, expected] of cases)
      assert.match(problemsOf({ ...good, ...change }).join("\n"), expected);
  });

  it("opens a collection to all and keeps it for ever unless told otherwise", () => {
    const { collections } = parseConfig({ ...good, collections: [collection] });

    assert.deepEqual(collections, [
      { ...collection, memberOnlyRead: false, memberOnlyWrite: false, blockToLive: 0 },
    ]);
  });

  it("refuses a collection's name that Fabric would not take", () => {
    for (const name of ["", "_implicit_org_Member1MSP", "a.b", "a$b"]) {
      const [problem] = problemsOf({ ...good, collections: [{ ...collection, name }] });
      assert.match(problem ?? "", /^collections\[0\]\.name must be/);
    }
  });

  it("refuses what is no object at all", () => {
    for (const value of [null, 7, "x", []]) assert.match(problemsOf(value)[0] ?? "", /must be an object/);
  });
});
