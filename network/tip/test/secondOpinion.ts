import {
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  decapsulate,
  diffieHellman,
} from "node:crypto";

/**
 * A second implementation of opening, from the README and the RFCs alone, on OpenSSL: no code of ours or of the HPKE and Shamir libraries.
 * It reads what the first one wrote.
 */

const bytes = (text: string): Buffer => Buffer.from(text, "ascii");
const sha256 = (...parts: Uint8Array[]): Buffer => createHash("sha256").update(Buffer.concat(parts)).digest();

function fields(...parts: Uint8Array[]): Buffer {
  const sized = parts.map((part) =>
    Buffer.concat([Uint8Array.of(part.length >> 8, part.length & 255), part]),
  );
  return Buffer.concat(sized);
}

/** The text that officers of slots a and b find in a cell. */
export function readCell(cell: Uint8Array, secrets: readonly [a: number, Uint8Array, b: number, Uint8Array]) {
  const [a, secretA, b, secretB] = secrets;
  const shares = [sealedShare(cell, a, secretA), sealedShare(cell, b, secretB)] as const;
  const key = Buffer.from(Array.from({ length: 32 }, (_, i) => interpolate(shares[0], shares[1], i)));
  const { network, commitment, keyIds, content } = parts(cell);
  const aad = fields(bytes("comity/v1/tip/content"), network, commitment, ...keyIds);
  const padded = decrypt("chacha20-poly1305", key, Buffer.alloc(12), aad, content);
  return padded.subarray(2, 2 + padded.readUInt16BE(0)).toString("utf8");
}

function parts(cell: Uint8Array) {
  const at = (from: number, size: number): Buffer => Buffer.from(cell.subarray(from, from + size));
  const slot = (i: number): number => 84 + 1361 * (i - 1);
  return {
    network: at(20, 32),
    commitment: at(52, 32),
    keyIds: [1, 2, 3].map((i) => at(slot(i), 32)),
    sealed: (i: number) => ({ enc: at(slot(i) + 32, 1120), ciphertext: at(slot(i) + 1152, 209) }),
    content: at(4167, 61_369),
  };
}

function sealedShare(cell: Uint8Array, i: number, secret: Uint8Array): Buffer {
  const { network, commitment, keyIds, sealed, content } = parts(cell);
  const { enc, ciphertext } = sealed(i);
  const own = keyIds[i - 1] ?? Buffer.alloc(0);
  const info = fields(bytes("comity/v1/tip/sealed-share"), network, Uint8Array.of(i), own);
  const binding = [bytes("comity/v1/tip/binding"), network, commitment, ...keyIds, sha256(content)];
  const { key, nonce } = hpkeSchedule(xWingDecapsulate(secret, enc), info);
  return decrypt("aes-256-gcm", key, nonce, sha256(fields(...binding)), ciphertext).subarray(0, 33);
}

/** draft-connolly-cfrg-xwing-kem, section 5.4. */
function xWingDecapsulate(secret: Uint8Array, enc: Buffer): Buffer {
  const expanded = createHash("shake256", { outputLength: 96 }).update(secret).digest();
  const mlKem = createPrivateKey({
    key: Buffer.concat([
      Buffer.from("3054020100300b060960864801650304040204428040", "hex"),
      expanded.subarray(0, 64),
    ]),
    ...{ format: "der", type: "pkcs8" },
  });
  const x25519 = createPrivateKey({
    key: Buffer.concat([Buffer.from("302e020100300506032b656e04220420", "hex"), expanded.subarray(64)]),
    ...{ format: "der", type: "pkcs8" },
  });
  const theirs = enc.subarray(1088);
  const publicKey = createPublicKey({
    key: Buffer.concat([Buffer.from("302a300506032b656e032100", "hex"), theirs]),
    ...{ format: "der", type: "spki" },
  });
  const own = createPublicKey(x25519).export({ format: "der", type: "spki" }).subarray(-32);
  const shared = diffieHellman({ privateKey: x25519, publicKey });
  const label = bytes("\\./" + "/^\\");
  const joined = [decapsulate(mlKem, enc.subarray(0, 1088)), shared, theirs, own, label];
  return createHash("sha3-256").update(Buffer.concat(joined)).digest();
}

/** RFC 9180, sections 4 and 5.1: base mode, HKDF-SHA-256, AES-256-GCM. */
function hpkeSchedule(shared: Buffer, info: Buffer): { key: Buffer; nonce: Buffer } {
  const suite = Buffer.concat([bytes("HPKE"), Buffer.from("647a00010002", "hex")]);
  const hmac = (key: Uint8Array, data: Uint8Array): Buffer => createHmac("sha256", key).update(data).digest();
  const extract = (salt: Uint8Array, label: string, ikm: Uint8Array): Buffer =>
    hmac(salt, Buffer.concat([bytes("HPKE-v1"), suite, bytes(label), ikm]));
  const none = Buffer.alloc(0);
  const context = [Uint8Array.of(0), extract(none, "psk_id_hash", none), extract(none, "info_hash", info)];
  const secret = extract(shared, "secret", none);
  const expand = (label: string, size: number): Buffer => {
    const head = [
      Uint8Array.of(0, size),
      bytes("HPKE-v1"),
      suite,
      bytes(label),
      ...context,
      Uint8Array.of(1),
    ];
    return hmac(secret, Buffer.concat(head)).subarray(0, size);
  };
  return { key: expand("key", 32), nonce: expand("base_nonce", 12) };
}

function decrypt(
  cipher: "aes-256-gcm" | "chacha20-poly1305",
  key: Buffer,
  nonce: Buffer,
  aad: Buffer,
  sealed: Buffer,
) {
  // One signature for both ciphers: what differs is their types.
  const decipher = createDecipheriv(cipher as "chacha20-poly1305", key, nonce, { authTagLength: 16 });
  decipher.setAAD(aad, { plaintextLength: sealed.length - 16 });
  decipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
}

/** Value at 0 of the line through two points of GF(2⁸), for byte i. */
function interpolate(first: Buffer, second: Buffer, i: number): number {
  const [x1 = 0, x2 = 0, y1 = 0, y2 = 0] = [first[32], second[32], first[i], second[i]];
  const inverse = invert(x1 ^ x2);
  return times(y1, times(x2, inverse)) ^ times(y2, times(x1, inverse));
}

function times(a: number, b: number): number {
  let product = 0;
  for (let bit = 0; bit < 8; bit++) {
    if ((b >> bit) & 1) product ^= a;
    a = ((a << 1) ^ (a & 0x80 ? 0x11b : 0)) & 0xff;
  }
  return product;
}

function invert(value: number): number {
  for (let inverse = 1; inverse < 256; inverse++) if (times(value, inverse) === 1) return inverse;
  throw new RangeError("zero has no inverse");
}
