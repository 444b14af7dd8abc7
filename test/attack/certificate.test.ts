import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect } from "node:http2";
import type { KeyPairFiles } from "@comity/fabric";
import { LedgerError } from "@comity/ledger";
import { canonicalString, sha256, toHex, utf8 } from "@comity/protocol";
import { sharedCoalition } from "../system/sharedCoalition.ts";
import { enrolTestSite, issue, type TestSite } from "../system/testSite.ts";

describe("Certificates", function () {
  this.timeout(120_000);
  const shared = sharedCoalition();
  let site: TestSite;
  let first: string;
  let second: string;

  before(async () => {
    site = await enrolTestSite(shared(), { member: 1 });
    first = shared().memberId(1);
    second = shared().memberId(2);
  });

  type Identity = "officer" | "node" | "gateway" | KeyPairFiles;

  async function refusalOf(memberId: string, identity: Identity, transaction: string, ...args: string[]) {
    const ledger = shared().coalition.ledger(memberId, identity);
    const error = await ledger.submit(transaction, ...args).then(
      () => assert.fail(`${transaction} was accepted`),
      (refusal: unknown) => refusal,
    );
    assert.ok(error instanceof LedgerError, String(error));
    return error.code;
  }

  const noticeOf = ({ operatorId, siteId }: TestSite) =>
    canonicalString({
      noticeId: "01J00000000000000000000001",
      operatorId,
      developer: "Somebody",
      model: { family: "Any", name: "Any 1", parameters: "1" },
      compute: { incrementalFlop: `1${"0".repeat(26)}`, cumulativeFlop: `1${"0".repeat(26)}` },
      facilities: [siteId],
      hardware: [{ model: "H100", count: 2 }],
      attestation: "segment",
      plannedStartMs: 1_900_000_000_000,
      plannedEndMs: 1_900_086_400_000,
    });

  const nodesOnly: readonly [string, ...string[]][] = [
    ["alert:File", "{}"],
    ["coalition:RegisterNode", "{}"],
    ["coalition:ProposeKey", "{}"],
    ["coalition:AcceptKey", "{}"],
    ["coalition:Deal", "{}"],
    ["coalition:ClosePhase", "1", "deal"],
    ["coalition:AccuseDealer", "{}"],
    ["coalition:ConfirmKey", "{}"],
    ["coalition:SignRecord", "{}"],
    ["coalition:ActivateKey", "1"],
  ];
  for (const [transaction, ...args] of nodesOnly) {
    it(`of officers, gateways and operators do not do ${transaction}, which is for nodes`, async () => {
      for (const identity of ["officer", "gateway", site.operator] as const)
        assert.equal(await refusalOf(first, identity, transaction, ...args), "CALLER_ROLE");
    });
  }

  it("of gateways and operators do not close a bucket", async () => {
    for (const identity of ["gateway", site.operator] as const)
      assert.equal(await refusalOf(first, identity, "coalition:CloseBucket", "0"), "CALLER_ROLE");
  });

  it("of nodes, gateways and attesters do not file a notice", async () => {
    for (const identity of ["node", "gateway", site.attester] as const)
      assert.equal(await refusalOf(first, identity, "notice:File", noticeOf(site)), "CALLER_ROLE");
  });

  it("of operators, officers and peers do not open the chaincode server, which trusts TLS keys alone", async () => {
    const { layout, network } = shared().coalition;
    const { ports } = network.members.find(({ memberId }) => memberId === first)!;
    const identities = ["officer", "peer"].map((name) => layout.keyPair(first, name as "officer"));

    for (const files of [site.operator, ...identities])
      assert.equal(await opens(ports.chaincode, layout.tlsRootCertificate(first), files), false);
    assert.equal(
      await opens(ports.chaincode, layout.tlsRootCertificate(first), layout.keyPair(first, "peer-tls")),
      true,
    );
  });

  it("with a role that there is not do nothing", async () => {
    const king = await issue(shared().coalition, first, "king", "king");

    assert.equal(await refusalOf(first, king, "notice:File", noticeOf(site)), "CALLER_ROLE");
    assert.equal(await refusalOf(first, king, "alert:File", "{}"), "CALLER_ROLE");
  });

  it("of one member's node do not act in another's place when a key is made", async () => {
    const encryptionKey = toHex(sha256(utf8("x")))
      .slice(0, 32)
      .repeat(3);
    const acceptance = canonicalString({ attempt: 9, index: 1, encryptionKey, proof: "00".repeat(80) });

    assert.equal(await refusalOf(second, "node", "coalition:AcceptKey", acceptance), "CALLER_RELATION");
  });

  it("of one member's node do not register another's", async () => {
    const registration = canonicalString({
      memberId: first,
      peerId: "12D3KooWGRUVqcF5fR4bKcQ2kF6T7Uq5bXv5ZfQ4wKQ4m9H3t9rB",
      signature: "00".repeat(64),
      addresses: ["/ip4/127.0.0.1/tcp/4001"],
      intakeAddress: "127.0.0.1:7000",
    });

    assert.equal(await refusalOf(second, "node", "coalition:RegisterNode", registration), "CALLER_RELATION");
  });

  it("of one member's officer do not file for another's operator", async () => {
    assert.equal(await refusalOf(second, "officer", "notice:File", noticeOf(site)), "CALLER_RELATION");
  });

  it("of one operator do not file for another", async () => {
    const other = await enrolTestSite(shared(), { member: 1 });

    assert.equal(await refusalOf(first, other.operator, "notice:File", noticeOf(site)), "CALLER_RELATION");
  });

  it("that another member's authority made out for an operator do not file for it", async () => {
    const forged = await issue(shared().coalition, second, "forged-operator", "operator", {
      "comity.operator": site.operatorId,
    });

    assert.equal(await refusalOf(second, forged, "notice:File", noticeOf(site)), "CALLER_RELATION");
  });

  it("that another member's authority made do not pass as this member's", async () => {
    const forged = await issue(shared().coalition, second, "forged-node", "node");

    assert.equal(await refusalOf(first, forged, "alert:File", "{}"), "LEDGER_REFUSED");
  });
});

/** Whether a TLS server lets a client with this certificate in: in TLS 1.3 it says so only after the client's side is done. */
async function opens(port: number, rootFile: string, { certificateFile, keyFile }: KeyPairFiles) {
  const [ca, cert, key] = [rootFile, certificateFile, keyFile].map((file) => readFileSync(file));
  const session = connect(`https://localhost:${port}`, { ca: ca!, cert: cert!, key: key! });
  const answered = new Promise<boolean>((resolve) => {
    session.once("remoteSettings", () => resolve(true));
    session.once("error", () => resolve(false));
    session.once("close", () => resolve(false));
  });
  return answered.finally(() => session.destroy());
}
