import { DomainError } from "@comity/protocol";

export type FabricErrorCode = "TOPOLOGY_INVALID" | "BINARY_MISSING" | "BINARY_OLD" | "BINARY_FAILED";

/** What is wrong with a real network, or with what it is made of. */
export class FabricError extends DomainError<FabricErrorCode> {}
