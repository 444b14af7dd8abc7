export { type Clock, systemClock } from "./clock.ts";
export { ConfigError, type NodeConfig, parseConfig } from "./config.ts";
export * from "./gossip/index.ts";
export { type ComityNode, type NodeDeps, startNode } from "./node.ts";
