import { createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  checkpointText,
  concat,
  encodeEntry,
  encodeUnsignedSegment,
  FIRST_HEAD,
  formatNote,
  type GenesisMember,
  hostIdOf,
  logOrigin,
  originHash,
  parseMemberId,
  parseNetworkId,
  parseOperatorId,
  parseSerial,
  parseSiteId,
  RECORD_BYTES,
  recordRoot,
  sha256,
  toHex,
  u64,
  utf8,
} from "@comity/protocol";
import { createEd25519Verify } from "../../src/attestation/ed25519.ts";
import { FileEvidenceLogs, type LogItem } from "../../src/log/index.ts";

export const networkId = parseNetworkId("ab".repeat(32));

/** An Ed25519 key from a seed: tests are the same every time. */
export function keyOf(seed: string): KeyObject {
  const prefix = Buffer.from("302e020100300506032b657004220420", "hex");
  return createPrivateKey({ key: Buffer.concat([prefix, sha256(utf8(seed))]), format: "der", type: "pkcs8" });
}

export function publicKeyOf(key: KeyObject): Uint8Array {
  return Uint8Array.from(createPublicKey(key).export({ format: "der", type: "spki" }).subarray(12));
}

const names = ["aa", "bb", "cc", "dd"];
const keys = names.map((name) => keyOf(`identity ${name}`));

export const members: GenesisMember[] = names.map((name, position) => ({
  index: position + 1,
  memberId: parseMemberId(name),
  name,
  mspId: `${name}MSP`,
  identityKey: toHex(publicKeyOf(keys[position]!)),
}));

export function identityOf(index: number): { index: number; sign: (message: Uint8Array) => Uint8Array } {
  return { index, sign: (message) => Uint8Array.from(sign(null, message, keys[index - 1]!)) };
}

export function originOf(member: string, site = "site-one"): string {
  const [memberId, operatorId, siteId] = [
    parseMemberId(member),
    parseOperatorId("operator"),
    parseSiteId(site),
  ];
  return logOrigin({ networkId, memberId, operatorId, siteId });
}

/** A note that a member signed, true or not. */
export function noteOf(index: number, origin: string, size: number, root: Uint8Array): string {
  const text = checkpointText({ origin, size, root });
  const key = publicKeyOf(keys[index - 1]!);
  return formatNote(text, origin, key, identityOf(index).sign(utf8(text)));
}

/** A distinct, well-formed entry with one record; its signature is not real, which is no business of the log. */
export function itemOf(number: number): LogItem {
  const records = concat(u64(number), new Uint8Array(RECORD_BYTES - 8));
  const accelerator = {
    serial: parseSerial("GPU-1"),
    counterStart: 0n,
    counterEnd: 0n,
    flopsLeast: 0n,
    nonceStart: 0n,
    nonceEnd: 1n,
    headBefore: FIRST_HEAD,
    headAfter: FIRST_HEAD,
    recordCount: 1,
  };
  const unsigned = encodeUnsignedSegment({
    networkId: new Uint8Array(32),
    originHash: originHash("x"),
    hostId: hostIdOf(new Uint8Array(32)),
    bootCount: 0,
    segmentNumber: BigInt(number + 1),
    startMs: 0,
    endMs: 1,
    nonceEpoch: new Uint8Array(8),
    recordCount: 1,
    recordRoot: recordRoot(records),
    accelerators: [accelerator],
  });
  return {
    entry: encodeEntry({ receivedMs: number, flags: 0, segment: concat(unsigned, new Uint8Array(64)) }),
    records,
  };
}

export function itemsOf(from: number, to: number): LogItem[] {
  return Array.from({ length: to - from }, (_, i) => itemOf(from + i));
}

/** Sleeps until it is told to stop. */
export const idleClock = {
  sleep: (_ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
    }),
};

export function logsOf(
  index: number,
  directory: string,
  limits: { readonly maxLogs?: number; readonly maxMirrorBytes?: number } = {},
): { logs: FileEvidenceLogs; fatal: Error[] } {
  const fatal: Error[] = [];
  const logs = new FileEvidenceLogs(
    { directory, networkId, members, ...limits },
    {
      identity: identityOf(index),
      verify: createEd25519Verify({ maxKeys: 8 }),
      randomBytes,
      clock: idleClock,
      fatal: (error) => fatal.push(error),
    },
  );
  return { logs, fatal };
}

/** Folders of one test, removed after it. */
export function temporaryFolders(): { make: () => Promise<string>; removeAll: () => Promise<void> } {
  const made: string[] = [];
  return {
    make: async () => {
      const folder = await mkdtemp(join(tmpdir(), "comity-"));
      made.push(folder);
      return folder;
    },
    removeAll: async () => {
      for (const folder of made.splice(0)) await rm(folder, { recursive: true, force: true });
    },
  };
}
