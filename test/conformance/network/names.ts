export const channel = "comity";
/** The chaincode of nearly all cases, and the one that it calls; both are the same program. */
export const probe = "probe";
export const second = "second";
/** The private collection. */
export const collection = "members";

/** No node runs here, so that the port on which it would take evidence in is free for the second chaincode. */
export const portNames = { [probe]: "chaincode", [second]: "intake" } as const;
