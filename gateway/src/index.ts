export { type Config, ConfigError, parseConfig, readConfig } from "./config.ts";
export { type Gateway, type GatewayDeps, startGateway } from "./gateway.ts";
export type { LedgerReader } from "./service/ledgerReader.ts";
