export { Backoff } from "./backoff.ts";
export type { BlocksOptions } from "./blockStream.ts";
export { blockDataHash, blockHeaderHash } from "./blockHash.ts";
export {
  assertNamed,
  changeStream,
  type ChangedBlock,
  type ChangeStreamDeps,
  readNamed,
} from "./changeStream.ts";
export type { LedgerEndpoint, LedgerIdentity } from "./gatewayPool.ts";
export { readBlock, type LedgerBlock, type LedgerTransaction } from "./ledgerBlock.ts";
export {
  connectLedger,
  type Committed,
  type LedgerClient,
  type LedgerDeps,
  type LedgerLog,
  type LedgerOptions,
  type Settled,
} from "./ledgerClient.ts";
export { ledgerClientCodes, LedgerError } from "./ledgerError.ts";
export { pagesOf, readAll } from "./pages.ts";
export { type KeptTransaction, openOutbox, type Outbox } from "./outbox.ts";
