// Fabric's sentences around what endorsers, orderers and chaincode say, as `failure` gives them.

/** The first endorser refuses. */
export const unendorsed = (told: string, error = "EndorseError"): string =>
  `${error} ABORTED: failed to endorse transaction, see attached details for more info [${told}]`;

/** Enough others cannot be found. */
export const tooFew = (told: string): string =>
  `EndorseError ABORTED: failed to collect enough transaction endorsements, see attached details for more info [${told}]`;

export const unevaluated = (told: string, code = "UNKNOWN", error = "GatewayError"): string =>
  `${error} ${code}: evaluate call to endorser returned error: ${told} [the same]`;

const fromChaincode = (text: string, status = 500): string => `chaincode response ${status}, ${text}`;

/** The chaincode refuses, a transaction or an evaluation. */
export const endorseRefused = (text: string): string => unendorsed(fromChaincode(text));
export const evaluateRefused = (text: string): string => unevaluated(fromChaincode(text));
export const refusedBy = (text: string, status = 500) => ({
  endorse: unendorsed(fromChaincode(text, status)),
  evaluate: unevaluated(fromChaincode(text, status)),
});

/** A proposal made by hand that the endorser refuses. */
export const invalidProposal = (told: string) => ({
  endorse: unendorsed(told, "ServiceError"),
  evaluate: unevaluated(told, "FAILED_PRECONDITION", "ServiceError"),
});

/** One that does not come past any peer's door: for an evaluation each of them is tried, one's own and those far away. */
export const beforeTheDoor = (told: string) => ({
  endorse: unendorsed(told, "ServiceError"),
  evaluate:
    "ServiceError UNAVAILABLE: failed to evaluate transaction, see attached details for more info " +
    `[${told} | rpc error: code = Unknown desc = ${told}]`,
});

/** The orderers refuse. */
export const unordered = (status: string, info: string, error = "ServiceError"): string =>
  `${error} UNAVAILABLE: insufficient number of orderers could successfully process transaction to satisfy quorum requirement ` +
  `[received unsuccessful response from orderer: status=${status}, info=${info}]`;

export const policyRefusal = (policy: "Readers" | "Writers"): string =>
  `Failed evaluating policy on signed data during check policy on channel [comity] with policy [/Channel/Application/${policy}]: ` +
  `[${unsatisfied(policy)}]`;

export const unsatisfied = (policy: "Readers" | "Writers"): string =>
  "implicit policy evaluation failed - 0 sub-policies were satisfied, but this policy requires 1 of the " +
  `'${policy}' sub-policies to be satisfied`;
