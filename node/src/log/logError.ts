import { DomainError } from "@comity/protocol";

export type LogErrorCode =
  | "LOG_UNKNOWN" // no such log is held
  | "LOG_ORIGIN" // not a log of this network, or not one that this call may write
  | "LOG_LIMIT" // as many logs as this node keeps
  | "LOG_QUOTA" // as much of another member's evidence as this node keeps
  | "LOG_BUSY" // the queue of appends is full: try again
  | "LOG_ENTRY" // an entry that is no log entry
  | "LOG_RECORDS" // a sidecar that is not what its segment names
  | "LOG_RANGE" // outside the log, or more than is given at once
  | "LOG_CHECKPOINT" // a note that is not the owner's, or too small for its items
  | "LOG_INCONSISTENT" // items that do not lead to the checkpoint that came with them
  | "LOG_FORKED" // the owner signed two trees
  | "LOG_BROKEN"; // what is on this disk contradicts itself: fatal

export class LogError extends DomainError<LogErrorCode> {}
