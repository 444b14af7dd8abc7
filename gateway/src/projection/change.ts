import {
  bondDocument,
  type Decoder,
  type DigestDocument,
  DomainError,
  noticeDocument,
  type SignedEpochRecord,
  storedAlert,
  venueDocument,
} from "@comity/protocol";
import type { DocumentKind, Documents, Place, Written } from "../service/projectionView.ts";

export class ProjectionError extends DomainError<"PROJECTION_STORE_INVALID" | "PROJECTION_OTHER_NETWORK"> {}

type DocumentChange = { readonly [K in DocumentKind]: { readonly kind: K } & Written<K> }[DocumentKind];

/** What a block can change in the projection. */
export type Change =
  | DocumentChange
  | { readonly kind: "superseded"; readonly alertId: string; readonly height: number }
  | { readonly kind: "digest"; readonly document: DigestDocument }
  | { readonly kind: "epochs"; readonly epochs: readonly SignedEpochRecord[] };

interface Keeping<D> {
  readonly decode: Decoder<D>;
  /** Never changes from one revision to the next. */
  readonly place: (document: D) => Place;
}

/** How each kind is kept. Bonds and venues stand as in their registries, by id; notices and alerts by when they were filed. */
export const keeping: { readonly [K in DocumentKind]: Keeping<Documents[K]> } = {
  bond: { decode: bondDocument, place: ({ bondId }) => ({ order: "", id: bondId }) },
  venue: { decode: venueDocument, place: ({ venueId }) => ({ order: "", id: venueId }) },
  notice: {
    decode: noticeDocument,
    place: ({ filedMs, noticeId }) => ({ order: sortableTime(filedMs), id: noticeId }),
  },
  alert: {
    decode: storedAlert,
    place: ({ filedMs, alertId }) => ({ order: sortableTime(filedMs), id: alertId }),
  },
};

function sortableTime(timeMs: number): string {
  return String(timeMs).padStart(13, "0");
}
