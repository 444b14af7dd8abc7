export { ConfigError, type EmbeddedConfig, parseConfig } from "./config.ts";
export { type EmbeddedLedger, type EmbeddedLedgerDeps, startEmbeddedLedger } from "./embeddedLedger.ts";
export { type Logger, silentLogger } from "./logger.ts";
export { blockHash, chainFault, embeddedMark, isMarkedEmbedded } from "./store/block.ts";
export { StoreError, type StoreErrorCode } from "./store/storeError.ts";
