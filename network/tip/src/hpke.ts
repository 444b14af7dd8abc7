import { Aes256Gcm, CipherSuite, HkdfSha256 } from "@hpke/core";
import { XWing } from "@hpke/hybridkem-x-wing";
import { concat, SEALING_KEY_BYTES, sha256 } from "@comity/protocol";
import { CellError } from "./errors.ts";
import { draw, type RandomBytes } from "./random.ts";

/** HPKE (RFC 9180), base mode, one message, with X-Wing (draft-connolly-cfrg-xwing-kem): safe while one of ML-KEM-768 and X25519 is. */

export const SECRET_KEY_BYTES = 32;
export const ENCAPSULATION_BYTES = 1120;
export const TAG_BYTES = 16;
const ENCAPSULATION_RANDOM_BYTES = 64;

export interface SealingKeyPair {
  /** 32 bytes; its owner's alone. */
  readonly secret: Uint8Array;
  /** 1216 bytes; what senders seal to. */
  readonly sealingKey: Uint8Array;
}

/** A fresh key pair of a case officer. */
export async function createSealingKey(random: RandomBytes): Promise<SealingKeyPair> {
  const secret = draw(random, SECRET_KEY_BYTES);
  return { secret, sealingKey: await sealingKeyOf(secret) };
}

/** The public half. @throws CellError SEALING_KEY_INVALID */
export async function sealingKeyOf(secret: Uint8Array): Promise<Uint8Array> {
  const kem = new XWing();
  const { publicKey } = await kem.generateKeyPairDerand(sized(secret, SECRET_KEY_BYTES));
  return new Uint8Array(await kem.serializePublicKey(publicKey));
}

/** What names a sealing key in a cell. */
export function keyIdOf(sealingKey: Uint8Array): Uint8Array {
  return sha256(sealingKey);
}

export interface SealContext {
  readonly info: Uint8Array;
  readonly aad: Uint8Array;
}

/** Encapsulation ‖ ciphertext and tag. @throws CellError SEALING_KEY_INVALID */
export async function sealTo(
  sealingKey: Uint8Array,
  plaintext: Uint8Array,
  { info, aad }: SealContext,
  random: RandomBytes,
): Promise<Uint8Array> {
  const suite = cipherSuite();
  const ekm = draw(random, ENCAPSULATION_RANDOM_BYTES);
  const recipient = await suite.kem.deserializePublicKey(sized(sealingKey, SEALING_KEY_BYTES));
  const sender = await contextOf(
    suite.createSenderContext({ recipientPublicKey: recipient, info: plain(info), ekm }),
  );
  const ciphertext = await sender.seal(plain(plaintext), plain(aad));
  return concat(new Uint8Array(sender.enc), new Uint8Array(ciphertext));
}

/** Undefined where it was not sealed to this key in this context. @throws CellError SEALING_KEY_INVALID */
export async function openFrom(
  secret: Uint8Array,
  sealed: Uint8Array,
  { info, aad }: SealContext,
): Promise<Uint8Array | undefined> {
  const suite = cipherSuite();
  const recipientKey = await suite.kem.deserializePrivateKey(sized(secret, SECRET_KEY_BYTES));
  const enc = plain(sealed.subarray(0, ENCAPSULATION_BYTES));
  try {
    const recipient = await suite.createRecipientContext({ recipientKey, enc, info: plain(info) });
    return new Uint8Array(await recipient.open(plain(sealed.subarray(ENCAPSULATION_BYTES)), plain(aad)));
  } catch {
    return undefined;
  }
}

function cipherSuite(): CipherSuite {
  return new CipherSuite({ kem: new XWing(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
}

/** A key of the right size may still be none: not every 1216 bytes are. */
async function contextOf<T>(context: Promise<T>): Promise<T> {
  try {
    return await context;
  } catch (cause) {
    throw new CellError("SEALING_KEY_INVALID", "a sealing key is no X-Wing key", { cause });
  }
}

function sized(key: Uint8Array, sizeBytes: number): Uint8Array<ArrayBuffer> {
  if (key.length === sizeBytes) return plain(key);
  throw new CellError("SEALING_KEY_INVALID", `a key has ${key.length} bytes instead of ${sizeBytes}`);
}

/** A copy with a buffer of its own: a Buffer's is shared. */
function plain(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(bytes);
}
