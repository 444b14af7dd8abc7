import type {
  AlertDocument,
  HostDocument,
  NoticeDocument,
  RegisterView,
  SignedEpochRecord,
  SiteDocument,
} from "@comity/protocol";
import type { Change } from "./change.ts";
import { RegistryProjection } from "./registryProjection.ts";

interface NoticeRevision {
  /** Block that brought it. */
  readonly height: bigint;
  readonly notice: NoticeDocument;
}

/** What all changes up to a block add up to, in memory. The order of changes of different things does not matter. */
export class Projection {
  readonly registries = new RegistryProjection();
  #register: RegisterView | undefined;
  readonly #sites = new Map<string, SiteDocument>();
  readonly #hosts = new Map<string, HostDocument>();
  /** Revisions of each notice, oldest first. */
  readonly #notices = new Map<string, NoticeRevision[]>();
  readonly #alerts = new Map<string, AlertDocument>();
  #epochs: readonly SignedEpochRecord[] = [];
  #closedBucket: number | undefined;

  apply(change: Change): void {
    switch (change.kind) {
      case "register":
        this.#register = change.value;
        break;
      case "site":
        this.#sites.set(change.value.siteId, change.value);
        break;
      case "host":
        this.#hosts.set(change.value.hostId, change.value);
        break;
      case "alert":
        this.#alerts.set(change.value.alertId, change.value);
        break;
      case "epochs":
        this.#epochs = change.value.epochs;
        break;
      case "bucket":
        this.#closedBucket = Math.max(change.value.bucket, this.#closedBucket ?? 0);
        break;
      case "notice":
        this.#addRevision({ height: BigInt(change.value.height), notice: change.value.notice });
        break;
      default:
        this.registries.apply(change);
    }
  }

  get register(): RegisterView | undefined {
    return this.#register;
  }

  get epochs(): readonly SignedEpochRecord[] {
    return this.#epochs;
  }

  /** Newest closed bucket. */
  get closedBucket(): number | undefined {
    return this.#closedBucket;
  }

  site(siteId: string): SiteDocument | undefined {
    return this.#sites.get(siteId);
  }

  sites(): SiteDocument[] {
    return [...this.#sites.values()];
  }

  host(hostId: string): HostDocument | undefined {
    return this.#hosts.get(hostId);
  }

  alert(alertId: string): AlertDocument | undefined {
    return this.#alerts.get(alertId);
  }

  alerts(): AlertDocument[] {
    return [...this.#alerts.values()];
  }

  /** Every revision of every notice that a block and those before it made. */
  noticeRevisionsAt(height: bigint): NoticeDocument[] {
    return [...this.#notices.values()].flatMap((revisions) =>
      revisions.filter((revision) => revision.height <= height).map(({ notice }) => notice),
    );
  }

  #addRevision(revision: NoticeRevision): void {
    const { noticeId, rev } = revision.notice;
    const others = (this.#notices.get(noticeId) ?? []).filter(({ notice }) => notice.rev !== rev);
    this.#notices.set(
      noticeId,
      [...others, revision].sort((a, b) => a.notice.rev - b.notice.rev),
    );
  }
}
