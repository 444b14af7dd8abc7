import {
  alertIdOf,
  alertRequest,
  type AlertRequest,
  decodeCanonical,
  type EpochRecord,
  fromHex,
  type HostDocument,
  nobleBls,
  type NoticeDocument,
  sha256,
  type SignedEpochRecord,
  type SiteDocument,
  statementDigest,
  toHex,
  utf8,
  type NetworkId,
} from "@comity/protocol";

interface Block {
  readonly hash: string;
  readonly seenMs: number;
  readonly notices: readonly NoticeDocument[];
}

/** A ledger in memory, in the shape in which a node views it. It files an alert only if the group signature verifies. */
export class TestLedger {
  readonly sites = new Map<string, SiteDocument>();
  readonly hosts = new Map<string, HostDocument>();
  readonly filed: (AlertRequest & { readonly alertId: string })[] = [];
  readonly submissions: string[] = [];
  epochRecords: SignedEpochRecord[] = [];
  /** Set to make submissions fail. */
  isDown = false;
  readonly #blocks: Block[] = [];
  readonly #networkId: NetworkId;
  #waiting: (() => void)[] = [];

  constructor(networkId: NetworkId) {
    this.#networkId = networkId;
    this.addBlock([]);
  }

  addBlock(notices: readonly NoticeDocument[], seenMs?: number): void {
    const hash = toHex(sha256(utf8(`block ${this.#blocks.length}`)));
    this.#blocks.push({ hash, seenMs: seenMs ?? Date.now(), notices });
  }

  height(): bigint {
    return BigInt(this.#blocks.length - 1);
  }

  blockHash(height: bigint): string | undefined {
    return this.#blocks[Number(height)]?.hash;
  }

  blockSeenMs(height: bigint): number | undefined {
    return this.#blocks[Number(height)]?.seenMs;
  }

  noticeRevisionsAt(height: bigint): readonly NoticeDocument[] {
    return this.#blocks[Number(height)]?.notices ?? [];
  }

  host(hostId: string): HostDocument | undefined {
    return this.hosts.get(hostId);
  }

  site(siteId: string): SiteDocument | undefined {
    return this.sites.get(siteId);
  }

  alerts(): readonly (AlertRequest & { readonly alertId: string })[] {
    return this.filed;
  }

  epochs(): readonly SignedEpochRecord[] {
    return this.epochRecords;
  }

  currentEpoch(): EpochRecord | undefined {
    return this.epochRecords.at(-1)?.record;
  }

  submit(transaction: string, json = ""): Promise<unknown> {
    this.submissions.push(transaction);
    if (this.isDown) return Promise.reject(new Error("the ledger is down"));
    const request = alertRequest(decodeCanonical(utf8(json), 65_536));
    const alertId = alertIdOf(request.statement);
    const epoch = this.epochRecords.find(({ record }) => record.keyEpoch === request.keyEpoch);
    const groupKey = fromHex(epoch?.record.groupKey ?? "", 48);
    const context = { networkId: this.#networkId, groupKey, kind: request.kind, keyEpoch: request.keyEpoch };
    const digest = statementDigest(context, request.statement);
    if (!nobleBls.verify(groupKey, digest, fromHex(request.signature, 96))) {
      return Promise.reject(new Error("ALERT_SIGNATURE: not signed"));
    }
    if (!this.filed.some((alert) => alert.alertId === alertId)) this.filed.push({ ...request, alertId });
    for (const resolve of this.#waiting) resolve();
    this.#waiting = [];
    return Promise.resolve(undefined);
  }

  /** Resolves once an alert is filed. */
  async alertFiled(): Promise<AlertRequest> {
    while (this.filed.length === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.filed[0]!;
  }
}
