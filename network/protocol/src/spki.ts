/** DER of a SubjectPublicKeyInfo (RFC 8410) up to the raw Ed25519 key. */
const PREFIX = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00);

/** SubjectPublicKeyInfo (RFC 8410) of a raw Ed25519 key of 32 bytes. */
export function ed25519Spki(publicKey: Uint8Array): Uint8Array {
  const spki = new Uint8Array(PREFIX.length + publicKey.length);
  spki.set(PREFIX);
  spki.set(publicKey, PREFIX.length);
  return spki;
}
