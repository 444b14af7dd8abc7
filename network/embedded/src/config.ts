import { ConfigReader } from "./configReader.ts";
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

export interface EmbeddedConfig {
  readonly channel: string;
  readonly chaincodeName: string;
  /** Private data collections of the chaincode. */
  readonly collections: readonly CollectionConfig[];
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

function crossProblems(config: EmbeddedConfig): string[] {
  const problems: string[] = [];
  const members = config.members.map(({ mspId }) => mspId);
  const msps = [...members, ...config.otherMsps.map(({ mspId }) => mspId)];
  if (members.length === 0) problems.push("members is empty");
  if (config.gateways.length === 0) problems.push("gateways is empty");
  if (new Set(msps).size !== msps.length) problems.push("an mspId occurs twice among members and otherMsps");
  problems.push(...collectionProblems("collections", config.collections, msps));
  const gateways = config.gateways.map(({ mspId }) => mspId);
  if (new Set(gateways).size !== gateways.length) problems.push("two gateways are of the same mspId");
  for (const mspId of gateways.filter((id) => !members.includes(id))) {
    problems.push(`the gateway of ${mspId} belongs to no member`);
  }
  if (config.quorum > members.length)
    problems.push(`quorum ${config.quorum} is more than ${members.length} members`);
  if (config.executeTimeoutMs >= config.endorsementTimeoutMs) {
    problems.push(
      "executeTimeoutMs must be less than endorsementTimeoutMs, or a hung chaincode is never named",
    );
  }
  return problems;
}

function collectionProblems(
  place: string,
  collections: readonly CollectionConfig[],
  msps: readonly string[],
): string[] {
  const names = collections.map(({ name }) => name);
  const problems = new Set(names).size === names.length ? [] : [`${place} has two of one name`];
  for (const { name, members } of collections) {
    if (members.length === 0) problems.push(`collection ${name} of ${place} has no members`);
    for (const mspId of members.filter((id) => !msps.includes(id))) {
      problems.push(`collection ${name} of ${place} has a member ${mspId} that is no MSP of the channel`);
    }
  }
  return problems;
}
