import { createPrivateKey, sign } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAuthority } from "@comity/fabric";
import {
  acceleratorOf,
  canonicalString,
  hostClaimBytes,
  parseHostId,
  parseNetworkId,
  parseSiteId,
  toHex,
} from "@comity/protocol";
import type { Coalition } from "../coalition/coalition.ts";
import { saveKeyPair } from "../coalition/createNetwork.ts";
import type { KeyPairFiles } from "@comity/fabric";
import { keyPairIn, type Layout } from "../coalition/layout.ts";
import type { NetworkMember } from "../coalition/networkFile.ts";
import type { PlannedHost } from "./plan.ts";
import { acceleratorsPerHost, type StorySite } from "./sites.ts";

const hostsPerTransaction = 16;

export function memberOfSite({ network }: Coalition, site: StorySite): NetworkMember {
  const member = network.members[site.member];
  if (member === undefined) throw new TypeError("the story's members are among the coalition's");
  return member;
}

/** Registers operator and site and enrols its hosts, which sign for it, as the member's officer. Repeats change nothing. */
export async function enrolSite(
  coalition: Coalition,
  site: StorySite,
  hosts: readonly PlannedHost[],
): Promise<void> {
  const { memberId } = memberOfSite(coalition, site);
  const networkId = parseNetworkId(coalition.network.genesis);
  const { operatorId, operatorName, siteId, siteName } = site;
  const officer = coalition.ledger(memberId, "officer");
  const submit = (transaction: string, document: unknown) =>
    officer.submitIdempotent(transaction, canonicalString(document));
  await submit("facility:RegisterOperator", { operatorId, memberId, name: operatorName });
  await submit("facility:RegisterSite", {
    siteId,
    operatorId,
    memberId,
    class: "datacentre",
    name: siteName,
  });
  for (let from = 0; from < hosts.length; from += hostsPerTransaction) {
    const part = hosts.slice(from, from + hostsPerTransaction);
    const enrolled = part.map(({ hostId, publicKey, keyFile }, position) => {
      const claim = hostClaimBytes(networkId, parseSiteId(siteId), parseHostId(hostId));
      const signature = toHex(sign(null, claim, createPrivateKey(readFileSync(keyFile))));
      return { hostId, publicKey, accelerators: acceleratorsOf(site, from + position), signature };
    });
    await submit("facility:EnrolHosts", { siteId, hosts: enrolled });
  }
}

/** Serials name operator, host and slot: `GREYFIELD-03-8`. */
export function acceleratorsOf({ operatorId, model }: StorySite, host: number) {
  const peakFlops = acceleratorOf(model)?.peakFlops.toString() ?? "0";
  return Array.from({ length: acceleratorsPerHost }, (_, slot) => {
    const serial = `${operatorId.toUpperCase()}-${String(host + 1).padStart(2, "0")}-${slot + 1}`;
    return { serial, model, peakFlops };
  });
}

/** Certificates by which the operator files notices and its attester reaches the intake. */
export async function issueOperator(
  layout: Layout,
  member: NetworkMember,
  site: StorySite,
  now: () => number,
) {
  const directory = join(layout.story, site.siteId);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const authority = await loadAuthority(layout.authority(member.memberId), now);
  const attributes = { "comity.operator": site.operatorId };
  const operator = keyPairIn(directory, "operator");
  const attester = keyPairIn(directory, "attester");
  const ou = "client";
  const role = { ...attributes, "comity.role": "operator" };
  await saveKeyPair(await authority.issue({ commonName: site.operatorId, ou, attributes: role }), operator);
  const agent = { ...attributes, "comity.role": "attester", "comity.site": site.siteId };
  await saveKeyPair(
    await authority.issue({ commonName: `${site.siteId}-attester`, ou, attributes: agent }),
    attester,
  );
  return { operator, attester } satisfies Record<string, KeyPairFiles>;
}
