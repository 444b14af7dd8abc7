import { createHash, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type LedgerClient, readAll } from "@comity/ledger";
import {
  type Ballot,
  canonicalString,
  encodeEntryBundle,
  nominationRequest,
  type NominationRequest,
  parseVenueId,
  type VenueDocument,
  venueDocument,
  voteRequest,
} from "@comity/protocol";
import { CliError } from "../cliError.ts";
import { memberOf, type NetworkMember } from "../coalition/networkFile.ts";
import { readEntryBundle } from "../registryBundle.ts";
import { table } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import { ulid } from "../ulid.ts";
import { caseLines, type Names } from "./caseView.ts";
import { documentOf, readObject } from "./documentFile.ts";
import { asOfficer, findNetwork, firstMember, type Found } from "./network.ts";

export interface CaseOptions {
  readonly dataDir: string;
  /** Whose officer acts. */
  readonly member?: string;
}

/** Opens a case with the nomination in a JSON file. */
export async function nominate(
  file: string,
  { dataDir, member }: CaseOptions,
  out: Terminal,
  nowMs: number,
): Promise<void> {
  const found = findNetwork(dataDir);
  const request = canonicalString(readNomination(file, nowMs));
  const officer = member === undefined ? firstMember(found) : memberOf(found.network, member);
  const venue = await submit(found, officer, "designation:Nominate", request);
  show(venue, found, out, `Next: comity designation serve ${venue.venueId} --proof FILE`);
}

/** `venueId` may be left out; `evidenceFiles`, relative to the file, stand for their hashes. */
function readNomination(file: string, nowMs: number): NominationRequest {
  const { evidenceFiles, ...rest } = readObject(file);
  const paths: unknown[] = Array.isArray(evidenceFiles) ? evidenceFiles : [];
  const hashes = paths.map((path) => hashOf(resolve(dirname(file), String(path))));
  const evidence = hashes.length > 0 ? { evidence: hashes } : {};
  const drawn = { venueId: ulid(nowMs, randomBytes(10)) };
  return documentOf(nominationRequest, { ...drawn, ...evidence, ...rest }, `${file} is no nomination`);
}

/** The notice has reached the venue. Only the nominating member can say so. */
export async function serve(
  id: string,
  { dataDir, proof }: CaseOptions & { readonly proof: string },
  out: Terminal,
): Promise<void> {
  const { found, venue, officer } = await findCase(id, { dataDir });
  const served = await submit(found, officer, "designation:Serve", venue.venueId, hashOf(proof));
  show(served, found, out, `Once it has responded, or its time is over: comity designation open ${id}`);
}

/** What the venue answered. */
export async function respond(
  id: string,
  options: CaseOptions & { readonly response: string },
  out: Terminal,
): Promise<void> {
  const { found, venue, officer } = await findCase(id, options);
  const hash = hashOf(options.response);
  show(await submit(found, officer, "designation:Respond", venue.venueId, hash), found, out);
}

/** Asks all members to vote. */
export async function openVote(
  id: string,
  options: CaseOptions & { readonly question: Ballot["question"]; readonly reason: string },
  out: Terminal,
): Promise<void> {
  const { found, venue, officer } = await findCase(id, options);
  const { question, reason } = options;
  const opened = await submit(found, officer, "designation:OpenVote", venue.venueId, question, reason);
  show(opened, found, out, `Each member votes: comity approve ${id} --member ID --reason TEXT`);
}

export interface VoteOptions extends CaseOptions {
  readonly member: string;
  readonly reason: string;
  /** The revision with which the vote opened that the officer read; the open one unless given. */
  readonly rev?: number;
}

/** A member's one vote. */
export async function vote(
  decision: "approve" | "refuse",
  id: string,
  { dataDir, member, reason, rev }: VoteOptions,
  out: Terminal,
): Promise<void> {
  const { found, venue } = await findCase(id, { dataDir });
  if (venue.ballot === null)
    throw new CliError(
      "NOTHING_TO_DECIDE",
      `No vote on case ${id} is open: see comity designation show ${id}.`,
    );
  const wanted = { venueId: venue.venueId, openedRev: rev ?? venue.ballot.openedRev, decision, reason };
  const request = documentOf(voteRequest, wanted, "This is no vote");
  const officer = memberOf(found.network, member);
  show(await submit(found, officer, "designation:Vote", canonicalString(request)), found, out);
}

export async function listCases(dataDir: string, out: Terminal): Promise<void> {
  const found = findNetwork(dataDir);
  const venues = await asOfficer(found, firstMember(found), (ledger) =>
    readAll(ledger, "designation:List", venueDocument),
  );
  out.result({ venues }, table(["case", "status", "venue", "country", "nominated by"], venues.map(row)));
}

function row({ venueId, status, venue, nominatedBy }: VenueDocument): string[] {
  return [venueId, status, venue.name, venue.country, nominatedBy];
}

export async function showCase(id: string, dataDir: string, out: Terminal): Promise<void> {
  const { found, venue } = await findCase(id, { dataDir });
  show(venue, found, out);
}

/** Writes what anybody can verify offline about a case, or about an id that is no case: nothing in it is secret. */
export async function saveBundle(
  id: string,
  { dataDir, out: file }: CaseOptions & { readonly out?: string },
  out: Terminal,
): Promise<void> {
  const found = findNetwork(dataDir);
  const venueId = parseVenueId(id);
  const bundle = await asOfficer(found, firstMember(found), (ledger) =>
    readEntryBundle(ledger, found.genesis, "venues", venueId),
  );
  if (bundle === undefined)
    throw new CliError(
      "NOT_READY",
      "The coalition has not signed the newest list yet. Ask again in a moment.",
    );
  const path = resolve(file ?? `venues-${venueId}.comity.json`);
  writeFileSync(path, encodeEntryBundle(bundle));
  const said = bundle.entry === null ? `${venueId} is not on the list` : `${venueId} is on the list`;
  out.result({ id: venueId, found: bundle.entry !== null, bundle: path }, [
    `${said}; what proves it is in ${path}`,
    `Check it: comity verify ${path} --id ${venueId} --genesis ${found.network.genesis}`,
  ]);
}

interface FoundCase {
  readonly found: Found;
  readonly venue: VenueDocument;
  /** The member that was named, or the nominating one. */
  readonly officer: NetworkMember;
}

async function findCase(id: string, { dataDir, member }: CaseOptions): Promise<FoundCase> {
  const found = findNetwork(dataDir);
  const venueId = parseVenueId(id);
  const venue = await asOfficer(found, firstMember(found), async (ledger) =>
    decoded(await ledger.evaluate("designation:Read", venueId)),
  );
  return { found, venue, officer: memberOf(found.network, member ?? venue.nominatedBy) };
}

function submit(
  found: Found,
  officer: NetworkMember,
  transaction: string,
  ...args: string[]
): Promise<VenueDocument> {
  return asOfficer(found, officer, async (ledger: LedgerClient) => {
    const { result } = await ledger.submitIdempotent(transaction, ...args);
    return decoded(result);
  });
}

function decoded(bytes: Uint8Array): VenueDocument {
  return venueDocument(JSON.parse(Buffer.from(bytes).toString()));
}

function show(venue: VenueDocument, found: Found, out: Terminal, ...more: string[]): void {
  out.result(venue, [...caseLines(venue, namesOf(found)), ...more]);
}

function namesOf({ network }: Found): Names {
  return (id) => network.members.find(({ memberId }) => memberId === id)?.name ?? id;
}

/** SHA-256 of a document that stays here: the ledger keeps only its hash. */
function hashOf(file: string): string {
  try {
    return createHash("sha256").update(readFileSync(file)).digest("hex");
  } catch (cause) {
    throw new CliError("FILE_UNREADABLE", `${file} cannot be read.`, { cause });
  }
}
