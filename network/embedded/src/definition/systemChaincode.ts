/** The one system chaincode that this ledger has. */
export const systemChaincode = "qscc";

/** Names that Fabric keeps for its own. */
export const reservedNames: readonly string[] = [systemChaincode, "cscc", "lscc"];
