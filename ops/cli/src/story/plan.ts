import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Decoded,
  type Decoder,
  DAY_MS,
  hex,
  hostIdOf,
  integer,
  list,
  MAX_TIME_MS,
  noticeRequest,
  type NoticeRequest,
  object,
  text,
  toHex,
} from "@comity/protocol";
import { ulid } from "../ulid.ts";
import { publishedRuns } from "./publishedRuns.ts";
import { acceleratorsPerHost, hostsPerSite, type StorySite, storySites } from "./sites.ts";

const plannedHost = object({ hostId: hex(32), publicKey: hex(32), keyFile: text(4096) });
const plannedSites = list(object({ siteId: text(40), hosts: list(plannedHost, 1_000) }), 16);
const plannedRuns = object({
  /** Policy time from which the sites send evidence. */
  evidenceFromMs: integer(0, MAX_TIME_MS),
  /** Policy time at which the declared sites begin to train. */
  trainingFromMs: integer(0, MAX_TIME_MS),
  notices: list(noticeRequest, 100),
});

/** What is drawn for the story is kept first, so that a second start sends the same bytes: the ledger takes repeats as done. */
export type PlannedSites = Decoded<typeof plannedSites>;
export type PlannedRuns = Decoded<typeof plannedRuns>;
export type PlannedHost = Decoded<typeof plannedHost>;

/** Fourteen days are the rule; the rest is margin for a slow machine, at a day a second. */
const leadDays = 18;
const daysBetweenStarts = 2;
const runDays = 90;

/** The sites' hosts with their keys: those of an earlier start, or new ones. */
export function planSites(directory: string): PlannedSites {
  return keep(join(directory, "sites.json"), plannedSites, () =>
    storySites.map(({ siteId }) => ({ siteId, hosts: drawHosts(join(directory, siteId)) })),
  );
}

/** When the sites work, and the notices that say so: those of an earlier start, or from now on. */
export function planRuns(directory: string, policyNowMs: number, nowMs: number): PlannedRuns {
  return keep(join(directory, "runs.json"), plannedRuns, () => {
    const evidenceFromMs = Math.floor(policyNowMs / DAY_MS) * DAY_MS;
    const trainingFromMs = evidenceFromMs + (leadDays + 1) * DAY_MS;
    return { evidenceFromMs, trainingFromMs, notices: notices(trainingFromMs, nowMs) };
  });
}

/** What a file holds, or what is drawn now and kept in it. */
export function keep<T>(file: string, decode: Decoder<T>, draw: () => unknown): T {
  if (existsSync(file)) return decode(JSON.parse(readFileSync(file, "utf8")));
  const drawn = decode(draw());
  writeFileSync(`${file}.new`, JSON.stringify(drawn), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return drawn;
}

function drawHosts(directory: string): PlannedHost[] {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return Array.from({ length: hostsPerSite }, (_, number) => {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
    const keyFile = join(directory, `host-${String(number + 1).padStart(2, "0")}-key.pem`);
    writeFileSync(keyFile, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
    return { hostId: hostIdOf(raw), publicKey: toHex(raw), keyFile };
  });
}

/** Published runs, as if the story's honest operators were about to train them, in turn. */
function notices(firstStartMs: number, nowMs: number): NoticeRequest[] {
  const declared = storySites.filter(({ isDeclared }) => isDeclared);
  return publishedRuns.flatMap((run, position) => {
    const site = declared[position % declared.length];
    if (site === undefined) return [];
    const wait = Math.floor(position / declared.length) * daysBetweenStarts * DAY_MS;
    return [noticeOf(run, site, firstStartMs + wait, nowMs)];
  });
}

/** Where the number is not published: as many as the site has. */
const accelerators = hostsPerSite * acceleratorsPerHost;

function noticeOf(run: (typeof publishedRuns)[number], site: StorySite, startMs: number, nowMs: number) {
  const flop = decimalOf(run.flop);
  return noticeRequest({
    noticeId: ulid(nowMs, randomBytes(10)),
    operatorId: site.operatorId,
    developer: run.developer,
    model: { family: run.model.split(/[ -]/)[0], name: run.model, parameters: decimalOf(run.parameters) },
    compute: { incrementalFlop: flop, cumulativeFlop: flop },
    facilities: [site.siteId],
    hardware: [{ model: run.hardware, count: run.quantity ?? accelerators }],
    attestation: "segment",
    plannedStartMs: startMs,
    plannedEndMs: startMs + runDays * DAY_MS,
    source: run.source,
  });
}

/** `1.52e24` as a decimal string, exactly. */
export function decimalOf(scientific: `${number}e${number}`): string {
  const [mantissa = "", exponent = ""] = scientific.split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  return BigInt(whole + fraction.padEnd(Number(exponent), "0")).toString();
}
