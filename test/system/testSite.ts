import { randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Coalition } from "@comity/cli";
import type { KeyPairFiles } from "@comity/fabric";
import { loadAuthority } from "@comity/fabric";
import {
  canonicalString,
  type Clock,
  DAY_MS,
  logOrigin,
  type MemberId,
  type OperatorId,
  parseNetworkId,
  parseOperatorId,
  parseSiteId,
  policyTime,
  type SiteId,
} from "@comity/protocol";
import { enrolmentOf, EvidenceHost, TRAINING_FLOP } from "./evidence.ts";
import { eventually } from "./eventually.ts";
import { Intake } from "./intake.ts";
import type { TestCoalition } from "./testCoalition.ts";

/** Days of evidence after which the rule fires: the rulebook's least observation. */
export const DAYS_TO_ALERT = 3;

interface SiteParts {
  readonly coalition: Coalition;
  readonly clock: Clock;
  readonly memberId: MemberId;
  readonly operatorId: OperatorId;
  readonly siteId: SiteId;
  readonly hosts: readonly EvidenceHost[];
  readonly operator: KeyPairFiles;
  readonly attester: KeyPairFiles;
}

/** A site of its own operator with a few enrolled hosts, whose evidence the test itself signs and sends. */
export class TestSite {
  readonly memberId: MemberId;
  readonly operatorId: OperatorId;
  readonly siteId: SiteId;
  readonly origin: string;
  readonly hosts: readonly EvidenceHost[];
  /** Files with its certificates and keys. */
  readonly operator: KeyPairFiles;
  readonly attester: KeyPairFiles;
  readonly intake: Intake;
  readonly #networkId: string;
  readonly #clock: Clock;

  constructor({ coalition, clock, memberId, operatorId, siteId, hosts, operator, attester }: SiteParts) {
    const networkId = parseNetworkId(coalition.network.genesis);
    this.memberId = memberId;
    this.operatorId = operatorId;
    this.siteId = siteId;
    this.origin = logOrigin({ networkId, memberId, operatorId, siteId });
    this.hosts = hosts;
    this.operator = operator;
    this.attester = attester;
    this.#networkId = networkId;
    this.#clock = clock;
    this.intake = new Intake(intakeUrl(coalition, memberId), {
      ...attester,
      rootFile: coalition.layout.tlsRootCertificate(memberId),
    });
  }

  /** Every host's next days, once they are over; resolves when the node has acknowledged them all. */
  async train(days: number, flop = TRAINING_FLOP): Promise<void> {
    for (const host of this.hosts) await this.#trainOne(host, days, flop);
  }

  async #trainOne(host: EvidenceHost, days: number, flop: bigint): Promise<void> {
    await this.#untilPolicyTime(host.endMs + days * DAY_MS);
    const { nonceEpoch } = await eventually(`host ${host.hostId} known to its node`, () =>
      this.intake.host(host.hostId),
    );
    const items = Array.from({ length: days }, () =>
      host.nextDay({ networkId: this.#networkId, origin: this.origin }, nonceEpoch, flop),
    );
    const answer = await this.intake.send(items);
    const refused = answer.items.filter(({ status }) => status !== "accepted");
    if (refused.length > 0) throw new Error(`good evidence was refused: ${JSON.stringify(refused)}`);
  }

  async #untilPolicyTime(policyMs: number): Promise<void> {
    await eventually("the days of the evidence are over", () =>
      policyTime(this.#clock, Date.now()) > policyMs ? true : undefined,
    );
  }
}

export function intakeUrl({ network }: Coalition, memberId: string): string {
  const port = network.members.find((member) => member.memberId === memberId)?.ports.intake ?? 0;
  return `https://127.0.0.1:${port}`;
}

/** Registers an operator and a site of a member, with hosts whose evidence begins when the network did. */
export async function enrolTestSite(
  { coalition, genesis }: TestCoalition,
  { member, hosts: count = 1 }: { readonly member: number; readonly hosts?: number },
): Promise<TestSite> {
  const owner = coalition.network.members[member - 1];
  if (owner === undefined) throw new RangeError(`there is no member ${member}`);
  const { memberId } = owner;
  const networkId = parseNetworkId(coalition.network.genesis);
  const operatorId = parseOperatorId(`operator-${randomUUID().slice(0, 8)}`);
  const siteId = parseSiteId(`site-${randomUUID().slice(0, 8)}`);
  const hosts = Array.from(
    { length: count },
    (_, i) => new EvidenceHost(`${siteId.slice(5)}-${i}`, genesis.clock.originMs),
  );
  const officer = coalition.ledger(memberId, "officer");
  const submit = (transaction: string, document: unknown) =>
    officer.submitIdempotent(transaction, canonicalString(document));
  await submit("facility:RegisterOperator", { operatorId, memberId, name: `Operator ${operatorId}` });
  const name = `Site ${siteId}`;
  await submit("facility:RegisterSite", { siteId, operatorId, memberId, class: "datacentre", name });
  await submit("facility:EnrolHosts", {
    siteId,
    hosts: hosts.map((host) => enrolmentOf(host, networkId, siteId)),
  });
  const operator = await issue(coalition, memberId, siteId, "operator", { "comity.operator": operatorId });
  const attester = await issue(coalition, memberId, siteId, "attester", {
    "comity.operator": operatorId,
    "comity.site": siteId,
  });
  return new TestSite({
    coalition,
    clock: genesis.clock,
    memberId,
    operatorId,
    siteId,
    hosts,
    operator,
    attester,
  });
}

/** A certificate of a member's authority for a role, in files. */
export async function issue(
  { layout }: Coalition,
  memberId: string,
  folder: string,
  role: string,
  attributes: Readonly<Record<string, string>> = {},
): Promise<KeyPairFiles> {
  const directory = join(layout.root, "test", folder);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const authority = await loadAuthority(layout.authority(memberId), Date.now);
  const { certificatePem, privateKeyPem = "" } = await authority.issue({
    commonName: `${folder}-${role}`,
    ou: "client",
    attributes: { ...attributes, "comity.role": role },
  });
  const files = {
    certificateFile: join(directory, `${role}-cert.pem`),
    keyFile: join(directory, `${role}-key.pem`),
  };
  writeFileSync(files.keyFile, privateKeyPem, { mode: 0o600 });
  writeFileSync(files.certificateFile, certificatePem);
  return files;
}
