import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import {
  type BatchItem,
  concat,
  DAY_MS,
  encodeRecord,
  encodeUnsignedSegment,
  FIRST_HEAD,
  fromHex,
  hostClaimBytes,
  type HostId,
  hostIdOf,
  type NetworkId,
  nextHead,
  originHash,
  parseSerial,
  recordRoot,
  type SegmentAccelerator,
  sha256,
  type SiteId,
  toHex,
  utf8,
} from "@comity/protocol";

const RECORDS_A_DAY = 6;
/** Dense BF16 of an H100: what `ACCELERATOR_MODEL` is enrolled with. */
export const PEAK_FLOPS = 989n * 10n ** 12n;
export const ACCELERATOR_MODEL = "NVIDIA H100 SXM5 80GB";
export const ACCELERATORS = 2;
/** Work between two records at 45 % of the peak. */
export const TRAINING_FLOP = (PEAK_FLOPS * 45n * 14_400n) / 100n;

interface Chain {
  readonly serial: string;
  counter: bigint;
  nonce: bigint;
  head: Uint8Array;
}

/** A host with two accelerators that signs one segment a policy day, as an attester does. */
export class EvidenceHost {
  readonly hostId: HostId;
  readonly publicKey: Uint8Array;
  readonly #key: KeyObject;
  readonly #chains: readonly Chain[];
  #segmentNumber = 0n;
  #endMs: number;

  constructor(name: string, startMs: number) {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    this.publicKey = new Uint8Array(publicKey.export({ type: "spki", format: "der" }).subarray(-32));
    this.hostId = hostIdOf(this.publicKey);
    this.#key = privateKey;
    this.#endMs = startMs;
    this.#chains = Array.from({ length: ACCELERATORS }, (_, slot) => {
      return { serial: `${name}-${slot + 1}`.toUpperCase(), counter: 0n, nonce: 0n, head: FIRST_HEAD };
    });
  }

  get serials(): readonly string[] {
    return this.#chains.map(({ serial }) => serial);
  }

  /** PKCS#8. */
  get privateKeyPem(): string {
    return this.#key.export({ type: "pkcs8", format: "pem" }).toString();
  }

  sign(bytes: Uint8Array): Uint8Array {
    return sign(null, bytes, this.#key);
  }

  /** Policy time up to which it has signed. */
  get endMs(): number {
    return this.#endMs;
  }

  /** Before it has signed anything: policy time at which its evidence begins. */
  startAt(policyMs: number): void {
    this.#endMs = policyMs;
  }

  /** Signs the next policy day, with so much work in each record. */
  nextDay(log: { networkId: string; origin: string }, nonceEpoch: string, flop = TRAINING_FLOP): BatchItem {
    const startMs = this.#endMs;
    const before = this.#chains.map((chain) => ({ ...chain }));
    const records = this.#work(startMs, flop);
    const unsigned = encodeUnsignedSegment({
      networkId: fromHex(log.networkId, 32),
      originHash: originHash(log.origin),
      hostId: this.hostId,
      bootCount: 1,
      segmentNumber: (this.#segmentNumber += 1n),
      startMs,
      endMs: (this.#endMs = startMs + DAY_MS),
      nonceEpoch: fromHex(nonceEpoch, 8),
      recordCount: RECORDS_A_DAY * ACCELERATORS,
      recordRoot: recordRoot(records),
      accelerators: before.map((chain, slot) => this.#accelerator(chain, slot, flop)),
    });
    return { segment: concat(unsigned, this.sign(unsigned)), records };
  }

  #work(startMs: number, flop: bigint): Uint8Array {
    const records: Uint8Array[] = [];
    for (let round = 1; round <= RECORDS_A_DAY; round++) {
      for (const [accelerator, chain] of this.#chains.entries()) {
        chain.counter = BigInt.asUintN(64, chain.counter + flop);
        chain.nonce += 1n;
        const record = encodeRecord({
          timestampMs: startMs + (round * DAY_MS) / RECORDS_A_DAY,
          accelerator,
          kernelClass: "matmul",
          powerW: 620,
          bandwidthGbps: 2_400,
          driverVersion: [570, 86, 15],
          accumulatedFlops: chain.counter,
          nonceCounter: chain.nonce,
          kernelDigest: KERNEL,
        });
        chain.head = nextHead(chain.head, record);
        records.push(record);
      }
    }
    return concat(...records);
  }

  #accelerator(before: Chain, slot: number, flop: bigint): SegmentAccelerator {
    const after = this.#chains[slot] ?? before;
    return {
      serial: parseSerial(before.serial),
      counterStart: before.counter,
      counterEnd: after.counter,
      flopsLeast: flop * BigInt(RECORDS_A_DAY),
      nonceStart: before.nonce,
      nonceEnd: after.nonce,
      headBefore: before.head,
      headAfter: after.head,
      recordCount: RECORDS_A_DAY,
    };
  }
}

const KERNEL = sha256(utf8("test/kernel/matmul"));

/** What a host enrols with at a site. */
export function enrolmentOf(host: EvidenceHost, networkId: NetworkId, siteId: SiteId) {
  const accelerators = host.serials.map((serial) => ({
    serial,
    model: ACCELERATOR_MODEL,
    peakFlops: PEAK_FLOPS.toString(),
  }));
  const signature = toHex(host.sign(hostClaimBytes(networkId, siteId, host.hostId)));
  return { hostId: host.hostId, publicKey: toHex(host.publicKey), accelerators, signature };
}

/** Names a segment by its bytes. */
export function segmentName(segment: Uint8Array): string {
  return toHex(sha256(segment));
}
