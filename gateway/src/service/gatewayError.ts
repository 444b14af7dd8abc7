import { DomainError } from "@comity/protocol";

/** Codes of the gateway itself. Codes of the ledger and of the chaincode pass through beside them. */
export type GatewayErrorCode =
  /** Every node that answered says that it has no bundle of this alert. */
  | "BUNDLE_NOT_FOUND"
  /** Nodes gave bundles, and none of them verifies against this network's genesis record. */
  | "BUNDLE_UNVERIFIED"
  /** No node answered. */
  | "NODES_UNREACHABLE"
  /** The ledger's answer is not a document of the form that its contract promises. */
  | "LEDGER_ANSWER_MALFORMED"
  /** The ledger belongs to another network than this gateway's genesis record. */
  | "LEDGER_NETWORK"
  /** Nothing with this id is there, as of the block that the sentence names. */
  | "ALERT_UNKNOWN"
  | "BOND_UNKNOWN"
  | "VENUE_UNKNOWN"
  /** The coalition has signed no digest of the registry yet. */
  | "DIGEST_UNKNOWN"
  /** The registry as this gateway has read it is not the one whose digest the coalition signed. */
  | "REGISTRY_DIFFERS"
  /** The ledger is ahead of what this gateway has read of it. */
  | "PROJECTION_BEHIND"
  /** The ledger contradicts itself, or is another network's: this gateway has stopped following it. */
  | "PROJECTION_BROKEN"
  /** A page cursor that this gateway did not give out. */
  | "CURSOR_INVALID"
  /** More questions at once than this gateway passes on to the ledger. */
  | "GATEWAY_BUSY"
  /** A cell that is sealed for another network. */
  | "TIP_NETWORK"
  /** A form without a file that can be read. */
  | "TIP_FORM"
  /** A tip that this gateway did not take. */
  | "TIP_UNKNOWN"
  /** Too few members have signed that they hold a tip. */
  | "TIP_CERTIFICATE_PENDING"
  /** A tip hour that is not over. */
  | "TIP_HOUR_RUNNING"
  /** An hour's list, or the disk, has no room for another tip. */
  | "TIPS_FULL";

export class GatewayError extends DomainError<GatewayErrorCode> {}
