import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  decodeCanonical,
  encodeCanonical,
  type EpochRecord,
  faultBound,
  fromHex,
  hex,
  integer,
  list,
  MAX_MEMBERS,
  nullable,
  object,
  type PartialMessage,
  type ProposalMessage,
  type RefusalMessage,
  toHex,
  topics,
} from "@comity/protocol";
import { makeDirectory, writeDurably } from "../log/durableFile.ts";
import type { Session } from "./session.ts";

const MAX_FILE_BYTES = 1024 * 1024;
const bytes = hex({ maxBytes: topics.proposal.maxBytes });
const decodeFile = object({
  proposal: bytes,
  renewal: bytes,
  latestMs: integer(0, Number.MAX_SAFE_INTEGER),
  partials: list(bytes, MAX_MEMBERS),
  refusals: list(bytes, MAX_MEMBERS),
  signature: nullable(hex(96)),
});

export interface StoredSession {
  readonly digest: string;
  readonly proposal: ProposalMessage;
  readonly renewal: ProposalMessage;
  readonly latestMs: number;
  readonly partials: readonly PartialMessage[];
  readonly refusals: readonly RefusalMessage[];
  readonly signature: string | null;
}

/** Open sessions on disk, a file each, so that a node that was killed goes on without being asked again. */
export class SessionStore {
  readonly #directory: string;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async open(directory: string): Promise<{ store: SessionStore; sessions: StoredSession[] }> {
    await makeDirectory(directory);
    const files = (await readdir(directory)).filter((name) => /^[0-9a-f]{64}\.json$/.test(name));
    const sessions = await Promise.all(files.sort().map((name) => load(directory, name)));
    return { store: new SessionStore(directory), sessions };
  }

  /** Resolves once the session as it is now is on disk. */
  put(session: Session): Promise<void> {
    return this.#inTurn(() => writeDurably(this.#path(session.digest), encodeSession(session)));
  }

  remove(digest: string): Promise<void> {
    return this.#inTurn(() => rm(this.#path(digest), { force: true }));
  }

  async idle(): Promise<void> {
    await this.#turn;
  }

  #path(digest: string): string {
    return join(this.#directory, `${digest}.json`);
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

/** A session at its beginning, under the key of an epoch. */
export function newSession(
  { digest, proposal, latestMs }: Pick<Session, "digest" | "proposal" | "latestMs">,
  epoch: EpochRecord,
): Session {
  const n = epoch.members.length;
  return {
    phase: "collecting",
    digest,
    proposal,
    renewal: proposal,
    latestMs,
    threshold: epoch.threshold,
    refusalsToClose: n - epoch.threshold + faultBound(n) + 1,
    partials: new Map(),
    refusals: new Map(),
  };
}

/** The session that was stored, under the key of its epoch. */
export function restoredSession(stored: StoredSession, epoch: EpochRecord): Session {
  const session = {
    ...newSession(stored, epoch),
    renewal: stored.renewal,
    partials: new Map(stored.partials.map((message) => [message.decision.memberIndex, message])),
    refusals: new Map(stored.refusals.map((message) => [message.decision.memberIndex, message])),
  };
  if (stored.signature === null) return { ...session, phase: "collecting" };
  return { ...session, phase: "complete", signature: stored.signature };
}

function encodeSession(session: Session): Uint8Array {
  const encoded = (message: unknown): string => toHex(encodeCanonical(message));
  return encodeCanonical({
    proposal: encoded(session.proposal),
    renewal: encoded(session.renewal),
    latestMs: session.latestMs,
    partials: [...session.partials.values()].map(encoded),
    refusals: [...session.refusals.values()].map(encoded),
    signature: session.phase === "complete" ? session.signature : null,
  });
}

async function load(directory: string, name: string): Promise<StoredSession> {
  const file = decodeFile(decodeCanonical(await readFile(join(directory, name)), MAX_FILE_BYTES));
  return {
    digest: name.slice(0, 64),
    proposal: topics.proposal.decode(fromHex(file.proposal)),
    renewal: topics.proposal.decode(fromHex(file.renewal)),
    latestMs: file.latestMs,
    partials: file.partials.map((message) => topics.partial.decode(fromHex(message))),
    refusals: file.refusals.map((message) => topics.refusal.decode(fromHex(message))),
    signature: file.signature,
  };
}
