import { concat, DomainError, u16, u32 } from "@comity/protocol";

export class WireError extends DomainError<"WIRE_MALFORMED"> {}

const strictText = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const BYTE_ORDER_MARK = "\u{feff}";

/** Reads a message of a direct stream front to back; every length is checked. @throws WireError */
export class WireReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2));
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4));
  }

  /** An unsigned 64-bit integer that is exact as a number. */
  u64(): number {
    const value = this.#view.getBigUint64(this.#advance(8));
    if (value > BigInt(Number.MAX_SAFE_INTEGER))
      throw new WireError("WIRE_MALFORMED", "a number is out of range");
    return Number(value);
  }

  bytes(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.slice(start, start + length);
  }

  text(): string {
    const text = decodeText(this.bytes(this.u16()));
    // Left out, as decoders do, it would let two messages read the same.
    if (text.startsWith(BYTE_ORDER_MARK))
      throw new WireError("WIRE_MALFORMED", "a text begins with a byte order mark");
    return text;
  }

  hashes(): Uint8Array[] {
    return Array.from({ length: this.u16() }, () => this.bytes(32));
  }

  end(): void {
    if (!this.isAtEnd) throw new WireError("WIRE_MALFORMED", "the message has more than it says");
  }

  #advance(length: number): number {
    const start = this.#at;
    if (start + length > this.#bytes.length)
      throw new WireError("WIRE_MALFORMED", "the message is cut short");
    this.#at = start + length;
    return start;
  }
}

function decodeText(bytes: Uint8Array): string {
  try {
    return strictText.decode(bytes);
  } catch (cause) {
    throw new WireError("WIRE_MALFORMED", "a text is not UTF-8", { cause });
  }
}

export function wireText(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  return concat(u16(bytes.length), bytes);
}

export function wireHashes(hashes: readonly Uint8Array[]): Uint8Array {
  return concat(u16(hashes.length), ...hashes);
}

export function wireBytes(bytes: Uint8Array): Uint8Array {
  return concat(u32(bytes.length), bytes);
}
