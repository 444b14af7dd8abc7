import { join } from "node:path";
import {
  decodeCanonical,
  type Ed25519Verify,
  encodeCanonical,
  fromHex,
  type Genesis,
  list,
  type NetworkId,
  object,
  TIP_LEAVES,
  toHex,
} from "@comity/protocol";
import { leastCopies, storedBytes, type TipCertificate, tipCertificate, type TipPlace } from "@comity/tip";
import { readWhole, writeDurably } from "../log/durableFile.ts";
import { Turns } from "../log/turns.ts";
import type { Identity } from "../signing/identity.ts";

export interface CertificatesOptions {
  readonly directory: string;
  readonly networkId: NetworkId;
  readonly members: Genesis["members"];
}

export interface CertificatesDeps {
  readonly identity: Identity;
  readonly verify: Ed25519Verify;
}

const MAX_FILE_BYTES = 64 * 1024 * 1024;
const hourFile = object({ certificates: list(tipCertificate, TIP_LEAVES) });

/**
 * Who says of which of our tips that it holds it. A file's time would say when a tip came, so signatures of an hour are written when it is
 * over; until then they are in memory, and after a restart the holders are asked again, which changes nothing for them.
 */
export class Certificates {
  readonly #options: CertificatesOptions;
  readonly #deps: CertificatesDeps;
  readonly #held = new Map<string, { readonly place: TipPlace; readonly signatures: Map<number, string> }>();
  readonly #turns = new Turns();

  constructor(options: CertificatesOptions, deps: CertificatesDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** Reads what is known of an hour's tips. */
  async load(tipHour: number): Promise<void> {
    const bytes = await readWhole(this.#file(tipHour));
    if (bytes === undefined) return;
    for (const { signatures, ...place } of hourFile(decodeCanonical(bytes, MAX_FILE_BYTES)).certificates) {
      const known = this.#of(place).signatures;
      for (const { index, signature } of signatures) known.set(index, signature);
    }
  }

  /** Our own word, given when the cell is on our disk. */
  addOwn(place: TipPlace): void {
    const { identity } = this.#deps;
    this.#of(place).signatures.set(identity.index, toHex(this.sign(place)));
  }

  /** What this member signs for a cell that is on its disk. */
  sign(place: TipPlace): Uint8Array {
    return this.#deps.identity.sign(storedBytes(this.#options.networkId, place));
  }

  /** False where the member did not sign this. */
  add(place: TipPlace, index: number, signature: Uint8Array): boolean {
    const key = this.#options.members.find((member) => member.index === index)?.identityKey;
    const bytes = storedBytes(this.#options.networkId, place);
    if (key === undefined || !this.#deps.verify(fromHex(key, 32), bytes, signature)) return false;
    this.#of(place).signatures.set(index, toHex(signature));
    return true;
  }

  holders(cellHash: string): number[] {
    return [...(this.#held.get(cellHash)?.signatures.keys() ?? [])];
  }

  /** Undefined while fewer than f + 1 members have signed. */
  certificate(cellHash: string): TipCertificate | undefined {
    const held = this.#held.get(cellHash);
    const least = leastCopies(this.#options.members.length);
    if (held === undefined || held.signatures.size < least) return undefined;
    return this.#document(held.place, held.signatures);
  }

  /** Writes what is known of the tips of an hour that is over. */
  async save(tipHour: number): Promise<void> {
    await this.#turns.run(async () => {
      const certificates = [...this.#held.values()]
        .filter(({ place }) => place.tipHour === tipHour)
        .map(({ place, signatures }) => this.#document(place, signatures))
        .sort((a, b) => (a.cellHash < b.cellHash ? -1 : 1));
      if (certificates.length > 0) await writeDurably(this.#file(tipHour), encodeCanonical({ certificates }));
    });
  }

  #of(place: TipPlace) {
    const { cellHash, tipHour } = place;
    const held = this.#held.get(cellHash) ?? {
      place: { cellHash, tipHour },
      signatures: new Map<number, string>(),
    };
    this.#held.set(cellHash, held);
    return held;
  }

  #document({ cellHash, tipHour }: TipPlace, signatures: ReadonlyMap<number, string>): TipCertificate {
    return {
      type: "comity/v1/tip-certificate",
      networkId: this.#options.networkId,
      ...{ cellHash, tipHour },
      signatures: [...signatures]
        .map(([index, signature]) => ({ index, signature }))
        .sort((a, b) => a.index - b.index),
    };
  }

  #file(tipHour: number): string {
    return join(this.#options.directory, "certificates", String(tipHour));
  }
}
