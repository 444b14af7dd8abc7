import { DomainError } from "@comity/protocol";

export type TipStoreErrorCode =
  /** This node has no such cell. */
  | "TIP_UNKNOWN"
  /** The cell is sealed for another network. */
  | "TIP_NETWORK"
  /** A member says another hour of a cell than it said before, or one that has not come. */
  | "TIP_HOUR"
  /** An hour's list is full, or the disk space that tips of one member may take. */
  | "TIP_FULL"
  /** The hour is not over, so there is no list of it yet. */
  | "TIP_HOUR_RUNNING"
  /** Too few members have said that they hold the cell. */
  | "TIP_CERTIFICATE_PENDING"
  /** More cells at once than this node writes. */
  | "TIP_BUSY";

export class TipStoreError extends DomainError<TipStoreErrorCode> {}
