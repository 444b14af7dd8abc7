import { createPrivateKey, createPublicKey, type KeyObject, sign as signWith } from "node:crypto";
import {
  concat,
  type Genesis,
  parseMemberId,
  parseNetworkId,
  sha256,
  toHex,
  u64,
  utf8,
} from "@comity/protocol";
import {
  createSealingKey,
  type RandomBytes,
  sealTip,
  type SealingKeyPair,
  type TipOfficer,
} from "../src/index.ts";

/** A network of four members with deterministic keys; made for tests, and the keys are public. */

/** "Randomness" that a failing run can repeat: SHA-256 of a seed and a counter. */
export function seeded(seed: string): RandomBytes {
  let counter = 0;
  return (size) => {
    const blocks = Array.from({ length: Math.ceil(size / 32) }, () => sha256(utf8(seed), u64(counter++)));
    return concat(...blocks).subarray(0, size);
  };
}

const PKCS8_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");

function keyOf(name: string): KeyObject {
  const seed = sha256(utf8(`comity test key ${name}`));
  return createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: "der", type: "pkcs8" });
}

export function publicKey(name: string): string {
  return toHex(createPublicKey(keyOf(name)).export({ format: "der", type: "spki" }).subarray(-32));
}

export function sign(name: string, bytes: Uint8Array): string {
  return toHex(signWith(null, bytes, keyOf(name)));
}

export const names = ["alice", "bob", "carol", "dave"] as const;
export const memberIds = ["xa", "xb", "xc", "xd"].map(parseMemberId);
export const networkId = parseNetworkId(toHex(sha256(utf8("comity test network"))));

export const network = {
  networkId,
  genesis: {
    members: names.map((name, i) => ({
      ...{ index: i + 1, memberId: memberIds[i]!, name, mspId: `${name}MSP` },
      identityKey: publicKey(name),
    })),
  } satisfies Pick<Genesis, "members">,
};

export interface Addressees {
  /** In the order of their slots. */
  readonly keys: readonly SealingKeyPair[];
  readonly officers: readonly TipOfficer[];
}

let made: Promise<Addressees> | undefined;

/** Three case officers; made once. */
export function addressees(): Promise<Addressees> {
  made ??= makeAddressees();
  return made;
}

async function makeAddressees(): Promise<Addressees> {
  const random = seeded("case officers");
  const pairs: SealingKeyPair[] = [];
  for (let i = 0; i < 3; i++) pairs.push(await createSealingKey(random));
  const place = ({ sealingKey }: SealingKeyPair): string => toHex(sha256(sealingKey));
  const keys = pairs.sort((a, b) => (place(a) < place(b) ? -1 : 1));
  return { keys, officers: keys.map(({ sealingKey }, i) => ({ memberId: memberIds[i]!, sealingKey })) };
}

export async function sealed(text: string, seed = "a tip"): Promise<Uint8Array> {
  return sealTip({ networkId, officers: (await addressees()).officers, text, random: seeded(seed) });
}
