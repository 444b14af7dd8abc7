import { ConfigReader } from "./configReader.ts";
import { crossProblems } from "./configChecks.ts";
import type { CollectionConfig } from "./definition/collection.ts";

/** One member's Gateway endpoint. */
export interface GatewayConfig {
  readonly mspId: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly tlsCertificateFile: string;
  readonly tlsKeyFile: string;
}

/** Where a member's chaincode process listens (fabric-shim's server mode, mutual TLS). */
export interface ChaincodeConfig {
  readonly host: string;
  readonly port: number;
  readonly tlsRootFile: string;
  readonly clientCertificateFile: string;
  readonly clientKeyFile: string;
}

export interface MemberConfig {
  readonly mspId: string;
  readonly rootCertificateFile: string;
  /** The member's peer: unit `peer`, ECDSA P-256 or Ed25519. */
  readonly signingCertificateFile: string;
  readonly signingKeyFile: string;
  readonly chaincode: ChaincodeConfig;
}

/** Reads and writes, endorses nothing. */
export interface OtherMspConfig {
  readonly mspId: string;
  readonly rootCertificateFile: string;
}

/** Another chaincode of the channel, which the first may call and clients too. */
export interface OtherChaincodeConfig {
  readonly name: string;
  readonly collections: readonly CollectionConfig[];
  /** One of each member. */
  readonly processes: readonly ChaincodeProcessConfig[];
}

export interface ChaincodeProcessConfig extends ChaincodeConfig {
  readonly mspId: string;
}

export interface EmbeddedConfig {
  readonly channel: string;
  readonly chaincodeName: string;
  /** Private data collections of the chaincode. */
  readonly collections: readonly CollectionConfig[];
  readonly otherChaincodes: readonly OtherChaincodeConfig[];
  readonly dataDir: string;
  readonly mode: "evaluation";
  readonly gateways: readonly GatewayConfig[];
  readonly members: readonly MemberConfig[];
  /** Endorsement policy: OutOf(quorum) over the members' peers. */
  readonly quorum: number;
  readonly otherMsps: readonly OtherMspConfig[];
  /** The longest that a transaction waits for others to share its block. */
  readonly blockMs: number;
  readonly maxBlockTransactions: number;
  /** Fabric's peer.authentication.timewindow. */
  readonly timeWindowMs: number;
  /** Fabric's peer.gateway.endorsementTimeout: how long another member's endorser may take. */
  readonly endorsementTimeoutMs: number;
  /** Fabric's chaincode.executetimeout. */
  readonly executeTimeoutMs: number;
  /** For tests: every member must endorse. */
  readonly endorseAll: boolean;
  /** Fabric's peer.limits.concurrency.gatewayService and deliverService, for each gateway. */
  readonly maxGatewayCalls: number;
  readonly maxDeliverCalls: number;
}

export class ConfigError extends Error {
  readonly code = "CONFIG_INVALID";
  /** All of them, each a sentence with the place. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `the configuration has ${problems.length} problem(s):\n${problems.map((p) => `  ${p}`).join("\n")}`,
    );
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/** @throws ConfigError with every problem at once */
export function parseConfig(value: unknown): EmbeddedConfig {
  const problems: string[] = [];
  const reader = new ConfigReader("", value, problems);
  const config: EmbeddedConfig = {
    channel: reader.name("channel"),
    chaincodeName: reader.name("chaincodeName"),
    collections: reader.list("collections", readCollection, []),
    otherChaincodes: reader.list("otherChaincodes", readOtherChaincode, []),
    dataDir: reader.text("dataDir"),
    mode: readMode(reader, problems),
    gateways: reader.list("gateways", readGateway),
    members: reader.list("members", readMember),
    quorum: reader.integer("quorum", 1, 64),
    otherMsps: reader.list("otherMsps", readOtherMsp, []),
    blockMs: reader.integer("blockMs", 0, 60_000, 100),
    maxBlockTransactions: reader.integer("maxBlockTransactions", 1, 10_000, 500),
    timeWindowMs: reader.integer("timeWindowMs", 1000, 3_600_000, 60_000),
    endorsementTimeoutMs: reader.integer("endorsementTimeoutMs", 100, 300_000, 3000),
    executeTimeoutMs: reader.integer("executeTimeoutMs", 100, 300_000, 2000),
    endorseAll: reader.flag("endorseAll", false),
    maxGatewayCalls: reader.integer("maxGatewayCalls", 1, 100_000, 500),
    maxDeliverCalls: reader.integer("maxDeliverCalls", 1, 100_000, 2500),
  };
  reader.refuseUnknown();
  if (problems.length === 0) problems.push(...crossProblems(config));
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

function readMode(reader: ConfigReader, problems: string[]): "evaluation" {
  const mode = reader.text("mode");
  if (mode !== "" && mode !== "evaluation") {
    problems.push(`mode is "${mode}"; this ledger has no fault tolerance and runs in "evaluation" only`);
  }
  return "evaluation";
}

function readGateway(reader: ConfigReader): GatewayConfig {
  return {
    mspId: reader.name("mspId"),
    host: reader.text("host"),
    port: reader.integer("port", 0, 65_535),
    tlsCertificateFile: reader.text("tlsCertificateFile"),
    tlsKeyFile: reader.text("tlsKeyFile"),
  };
}

function readMember(reader: ConfigReader): MemberConfig {
  return {
    mspId: reader.name("mspId"),
    rootCertificateFile: reader.text("rootCertificateFile"),
    signingCertificateFile: reader.text("signingCertificateFile"),
    signingKeyFile: reader.text("signingKeyFile"),
    chaincode: reader.object("chaincode", readChaincode),
  };
}

function readChaincode(reader: ConfigReader): ChaincodeConfig {
  return {
    host: reader.text("host"),
    port: reader.integer("port", 1, 65_535),
    tlsRootFile: reader.text("tlsRootFile"),
    clientCertificateFile: reader.text("clientCertificateFile"),
    clientKeyFile: reader.text("clientKeyFile"),
  };
}

function readOtherChaincode(reader: ConfigReader): OtherChaincodeConfig {
  return {
    name: reader.name("name"),
    collections: reader.list("collections", readCollection, []),
    processes: reader.list("processes", readProcess),
  };
}

function readProcess(reader: ConfigReader): ChaincodeProcessConfig {
  return { mspId: reader.name("mspId"), ...readChaincode(reader) };
}

function readCollection(reader: ConfigReader): CollectionConfig {
  return {
    name: reader.collectionName("name"),
    members: reader.names("members"),
    memberOnlyRead: reader.flag("memberOnlyRead", false),
    memberOnlyWrite: reader.flag("memberOnlyWrite", false),
    blockToLive: reader.integer("blockToLive", 0, 1_000_000_000, 0),
  };
}

function readOtherMsp(reader: ConfigReader): OtherMspConfig {
  return { mspId: reader.name("mspId"), rootCertificateFile: reader.text("rootCertificateFile") };
}
