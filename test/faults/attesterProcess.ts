import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeProgram, type ProcessSpec } from "@comity/cli";
import { DAY_MS, policyTime } from "@comity/protocol";
import { ACCELERATOR_MODEL } from "../system/evidence.ts";
import type { TestCoalition } from "../system/testCoalition.ts";
import { intakeUrl, type TestSite } from "../system/testSite.ts";

const BACKLOG_DAYS = 20;

/** The real attester, for a site whose hosts the test has enrolled. */
export function attesterProcess({ coalition, genesis }: TestCoalition, site: TestSite): ProcessSpec {
  const { layout, network } = coalition;
  const folder = join(layout.root, "test", site.siteId);
  const hosts = site.hosts.map((host, number) => {
    const keyFile = join(folder, `host-${number}.pem`);
    writeFileSync(keyFile, host.privateKeyPem, { mode: 0o600 });
    return {
      hostId: host.hostId,
      keyFile,
      accelerators: host.serials.map((serial) => ({ serial, model: ACCELERATOR_MODEL })),
    };
  });
  const startPolicyMs = policyTime(genesis.clock, Date.now()) - BACKLOG_DAYS * DAY_MS;
  const training = { fromPolicyMs: 0, utilisationBasisPoints: 4_500, kernelMix: { matmul: 1 } };
  const config = {
    origin: site.origin,
    networkId: network.genesis,
    clock: genesis.clock,
    intake: { url: intakeUrl(coalition, site.memberId) },
    tls: { ...site.attester, rootFile: layout.tlsRootCertificate(site.memberId) },
    hosts,
    trace: { kind: "profile", seed: site.siteId, phases: [training] },
    spoolDir: join(folder, "spool"),
    startPolicyMs: Math.max(genesis.clock.originMs, startPolicyMs),
  };
  const name = `attester-${site.siteId}`;
  const file = join(folder, "attester.json");
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  const script = fileURLToPath(import.meta.resolve("@comity/attester/program"));
  return { name, ...nodeProgram(script, [file]), env: {}, logFile: layout.logFile(name) };
}
