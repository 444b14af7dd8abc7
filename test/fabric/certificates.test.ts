import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { connect } from "node:tls";
import { type Coalition, keyPairIn } from "@comity/cli";
import { canonicalString } from "@comity/protocol";
import { comity } from "../system/cli.ts";
import { eventually } from "../system/eventually.ts";
import { NetworkProcess } from "./networkProcess.ts";
import { endRealNetwork, startRealNetwork } from "./realNetwork.ts";

/** SHA-256 of the certificate with which a port answers. */
function fingerprintAt(port: number, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", ca, ALPNProtocols: ["h2"] });
    socket.once("secureConnect", () => {
      resolve(socket.getPeerX509Certificate()?.fingerprint256 ?? "");
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

describe("The certificates of an orderer and a peer", function () {
  this.timeout(180_000);
  let network: Coalition;
  before(async () => (network = await startRealNetwork()));
  after(() => endRealNetwork(network));

  const register = (operatorId: string) =>
    network
      .ledger("xd", "officer")
      .submitIdempotent(
        "facility:RegisterOperator",
        canonicalString({ operatorId, memberId: "xd", name: operatorId }),
      );

  for (const memberId of ["xa", "xb"]) {
    it(`are renewed while clients work: ${memberId}`, async () => {
      const member = network.network.members.find((each) => each.memberId === memberId);
      const ca = readFileSync(network.layout.tlsRootCertificate(memberId), "utf8");
      const ports = [member?.ports.orderer ?? 0, member?.ports.ledger ?? 0];
      const before = await Promise.all(ports.map((port) => fingerprintAt(port, ca)));
      let isOver = false;
      let served = 0;
      const client = async (): Promise<void> => {
        for (; !isOver; served += 1) await register(`${memberId}-${served}`);
      };
      const working = client();

      await network.upkeep.renewCertificates(memberId, network).finally(() => (isOver = true));
      await working;

      const after = await Promise.all(ports.map((port) => fingerprintAt(port, ca)));
      for (const [at, fingerprint] of after.entries()) assert.notEqual(fingerprint, before[at]);
      assert.ok(served > 3, `${served} transactions`);
      await eventually("all to have come equally far", async () => {
        const { stdout } = await comity("fabric", "status", "--json", "--data-dir", network.layout.root);
        const { processes } = JSON.parse(stdout) as { processes: { height: number }[] };
        return new Set(processes.map(({ height }) => height)).size === 1 ? true : undefined;
      });
    });
  }

  it("change nothing of who may do what, which `comity doctor` says", async () => {
    const { code, stdout } = await comity("doctor", "--json", "--data-dir", network.layout.root);

    assert.equal(code, 0, stdout);
    const { findings } = JSON.parse(stdout) as { findings: { what: string; holds: boolean }[] };
    assert.equal(findings.length, 7);
  });
});

describe("The renewal of certificates", function () {
  this.timeout(180_000);
  const network = new NetworkProcess("ledger");
  const { layout } = network;
  before(() => network.start());
  after(() => network.remove());

  const filesOf = (memberId: string) =>
    (["orderer", "orderer-tls", "peer", "peer-tls"] as const).map((name) =>
      readFileSync(layout.keyPair(memberId, name).certificateFile, "utf8"),
    );

  it("goes on where it was after everything was killed, with the certificates that it had issued", async () => {
    const before = filesOf("xc");
    const renewing = network.run("fabric", "renew", "xc");
    await eventually("new certificates", () =>
      Promise.resolve(existsSync(layout.renewal("xc")) ? true : undefined),
    );
    await network.end("SIGKILL");
    assert.equal((await renewing).code, 1);
    assert.deepEqual(filesOf("xc"), before);
    const issued = readFileSync(keyPairIn(layout.renewal("xc"), "orderer").certificateFile, "utf8");

    await network.start();
    const { code, stderr } = await network.run("fabric", "renew", "xc");

    assert.equal(code, 0, stderr);
    assert.equal(filesOf("xc")[0], issued);
    for (const [at, file] of filesOf("xc").entries()) assert.notEqual(file, before[at]);
    assert.equal(existsSync(layout.renewal("xc")), false);
    assert.equal((await network.run("doctor")).code, 0);
  });
});
