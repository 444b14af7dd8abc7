import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import {
  defaultRulebook,
  encodeCanonical,
  decodeGenesis,
  fromHex,
  genesisId,
  parseMemberId,
  quorumOf,
  toHex,
  type Genesis,
  type NetworkId,
} from "@comity/protocol";
import { signPartial } from "@comity/threshold";
import { KeyCeremony } from "../../src/keygen/keyCeremony.ts";
import type { AttemptSecrets } from "../../src/keygen/keyVault.ts";
import { KeyWork } from "../../src/keygen/keyWork.ts";
import type { KeyShare } from "../../src/keygen/shareFiles.ts";
import type { Identity } from "../../src/signing/identity.ts";
import type { LoggedDecision } from "../../src/signing/index.ts";
import type { Log } from "../../src/telemetry/log.ts";
import type { FakeBoard } from "./fakeBoard.ts";

export interface FakeNetwork {
  readonly genesis: Genesis;
  readonly networkId: NetworkId;
  readonly identities: readonly Identity[];
}

export function fakeNetwork(n: number): FakeNetwork {
  const identities = Array.from({ length: n }, (_, position): Identity => {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
    const memberId = parseMemberId(`a${String.fromCharCode(97 + position)}`);
    return {
      index: position + 1,
      memberId,
      publicKey: new Uint8Array(raw),
      sign: (bytes) => sign(null, bytes, privateKey),
    };
  });
  const bytes = encodeCanonical({
    type: "comity/v1/genesis",
    name: "test",
    mode: "evaluation",
    clock: { originMs: 0, scale: 1, scaledMs: 0, bucketMs: 300_000 },
    threshold: quorumOf(n),
    members: identities.map(({ index, memberId, publicKey }) => {
      return { index, memberId, name: memberId, mspId: `M${index}`, identityKey: toHex(publicKey) };
    }),
    rulebook: defaultRulebook(),
  });
  return { genesis: decodeGenesis(bytes), networkId: genesisId(bytes), identities };
}

export const silentLog: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};

/** Thrown where a test kills the process. */
export class Killed extends Error {}

/** What survives of a member when its process is killed. */
export interface Disk {
  secrets: AttemptSecrets | undefined;
  readonly shares: Map<string, KeyShare>;
  /** What it signed with a share: partial signatures by slot. */
  readonly signed: Map<string, string>;
}

export interface FakeMemberDeps {
  readonly network: FakeNetwork;
  readonly board: FakeBoard;
  readonly disk: Disk;
  readonly now: () => number;
  /** Called around every effect: before it is done, and when it is done but nobody knows yet. May throw Killed. */
  readonly tick: () => void;
  /** What a dishonest member writes in the place of its deal. */
  readonly forge?: ((secrets: AttemptSecrets) => AttemptSecrets) | undefined;
}

export const windowMs = 1000;

export function fakeMember(index: number, deps: FakeMemberDeps): KeyCeremony {
  const { network, board, disk, now, tick, forge = (secrets: AttemptSecrets) => secrets } = deps;
  const identity = network.identities[index - 1]!;
  const effect = <T>(action: () => T): Promise<T> => {
    tick();
    const done = action();
    tick();
    return Promise.resolve(done);
  };
  const n = network.genesis.members.length;
  return new KeyCeremony(
    { index, memberCount: n, threshold: network.genesis.threshold, windowMs, staggerMs: 100, patienceMs: 0 },
    {
      ledger: {
        evaluate: () => Promise.resolve(board.read()),
        submitIdempotent: (transaction, ...args) => effect(() => board.submit(index, transaction, args)),
      },
      view: {
        members: () => [{ node: {} }],
        epochs: () => (board.state.phase === "active" ? [{ record: board.state.record! }] : []),
        onBlock: () => undefined,
      },
      vault: {
        load: (attempt) => Promise.resolve(disk.secrets?.attempt === attempt ? disk.secrets : undefined),
        save: (secrets) => effect(() => void (disk.secrets = forge(secrets))),
        clear: () => effect(() => void (disk.secrets = undefined)),
      },
      shares: {
        load: (groupKey) => Promise.resolve(disk.shares.get(groupKey)),
        save: (groupKey, share) => effect(() => void disk.shares.set(groupKey, share)),
        keepOnly: (groupKeys) =>
          effect(() => {
            for (const groupKey of disk.shares.keys())
              if (!groupKeys.includes(groupKey)) disk.shares.delete(groupKey);
          }),
      },
      signer: {
        sign: (subject, secretShare) =>
          effect(() => {
            const partial = toHex(signPartial(secretShare, fromHex(subject.digest)));
            disk.signed.set(`${subject.kind} ${subject.slot}`, partial);
            return { ...subject, partial } as LoggedDecision;
          }),
      },
      work: new KeyWork(network, { identity, random: randomBytes }),
      clock: { now, policyNow: now, sleep: () => Promise.resolve() },
      random: () => 0,
      log: silentLog,
      emit: () => undefined,
    },
  );
}
