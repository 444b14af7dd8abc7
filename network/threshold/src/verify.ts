/** The public half: no secrets, no native code, no I/O. Chaincode (CommonJS) loads it, so no top-level await in this graph. */
export { type Acceptance, decodeAcceptance, verifyEncryptionKey } from "./acceptance.ts";
export { type Accusation, decideAccusation, decodeAccusation } from "./accusation.ts";
export { checkDeal, type Deal, dealHash, decodeDeal } from "./deal.ts";
export { DealError, type DealErrorCode, KeyError } from "./errors.ts";
export { type GroupKey, groupKeyOf, transcriptHash } from "./groupKey.ts";
export { type Session, SessionError, sessionHash } from "./session.ts";
