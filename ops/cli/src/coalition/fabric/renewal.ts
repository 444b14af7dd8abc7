import { X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadAuthority, loadTlsAuthority, type Topology } from "@comity/fabric";
import { saveKeyPair } from "../createNetwork.ts";
import { loopback } from "../freePorts.ts";
import { keyPairIn, type Layout } from "../layout.ts";

/** By its presence: the channel has the new certificates, and they take the old ones' place whatever happens. */
const decided = "decided";

/**
 * Issues new keys and certificates of what a member runs for the network, from its own authorities, beside the ones in use. An interrupted renewal has
 * issued them already: then the channel may have these.
 */
export async function issueAnew(layout: Layout, memberId: string, now: () => number): Promise<void> {
  const folder = layout.renewal(memberId);
  if (existsSync(folder)) return;
  const draft = `${folder}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  const authority = await loadAuthority(layout.authority(memberId), now);
  const tlsAuthority = await loadTlsAuthority(layout.tlsAuthority(memberId), now);
  for (const name of ["orderer", "peer"] as const) {
    const issued = await authority.issue({ commonName: name, ou: name });
    const tls = await tlsAuthority.issue({ commonName: `${name}-tls`, dns: ["localhost"], ips: [loopback] });
    await saveKeyPair(issued, keyPairIn(draft, name));
    await saveKeyPair(tls, keyPairIn(draft, `${name}-tls`));
  }
  await rename(draft, folder);
}

/** Whether the certificates with which a member's orderer signs and connects are of no use any more. */
export async function isOrdererExpired(layout: Layout, memberId: string, nowMs: number): Promise<boolean> {
  const files = (["orderer", "orderer-tls"] as const).map((name) => layout.keyPair(memberId, name));
  const read = await Promise.all(files.map(({ certificateFile }) => readFile(certificateFile)));
  return read.some((pem) => new X509Certificate(pem).validToDate.getTime() <= nowMs);
}

/** The topology with the member's new certificates. */
export function renewed(layout: Layout, memberId: string, topology: Topology): Topology {
  const certificateOf = (name: string): string => keyPairIn(layout.renewal(memberId), name).certificateFile;
  const files = {
    ordererCertificateFile: certificateOf("orderer"),
    ordererTlsCertificateFile: certificateOf("orderer-tls"),
  };
  const members = topology.members.map((each) => (each.memberId === memberId ? { ...each, ...files } : each));
  return { ...topology, members };
}

/** From now on the new files are those in use, also where a crash comes between two of them: `finishRenewals` goes on. */
export async function takeIntoUse(layout: Layout, memberId: string): Promise<void> {
  await writeFile(join(layout.renewal(memberId), decided), "");
  await finishRenewals(layout, [memberId]);
}

/** To be called before anything reads a member's files. */
export async function finishRenewals(layout: Layout, memberIds: readonly string[]): Promise<void> {
  for (const memberId of memberIds) {
    const folder = layout.renewal(memberId);
    if (!existsSync(join(folder, decided))) continue;
    const files = (await readdir(folder)).filter((name) => name !== decided);
    for (const name of files) await rename(join(folder, name), join(layout.member(memberId), name));
    await rm(folder, { recursive: true });
  }
}
