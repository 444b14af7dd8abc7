import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { credentials, ServerCredentials } from "@grpc/grpc-js";
import { ChaincodeLauncher } from "./chaincode/chaincodeLauncher.ts";
import { CommitNotifier } from "./commit/commitNotifier.ts";
import { Committer } from "./commit/committer.ts";
import { writeConfigBlock } from "./commit/configBlock.ts";
import { PrivateDataCommitter } from "./commit/privateDataCommitter.ts";
import { EndorsementPolicy } from "./commit/endorsementPolicy.ts";
import { Orderer } from "./commit/orderer.ts";
import { TransactionValidator } from "./commit/transactionValidator.ts";
import type { EmbeddedConfig, GatewayConfig, MemberConfig } from "./config.ts";
import { ChaincodeDefinitions } from "./definition/chaincodeDefinitions.ts";
import { chaincodesOf, processesOf } from "./definition/configuredChaincodes.ts";
import { EndorsementCollector, type EndorsingMember } from "./endorse/endorsementCollector.ts";
import { Endorser } from "./endorse/endorser.ts";
import { Evaluator } from "./endorse/evaluator.ts";
import { GatewayServer } from "./gateway/gatewayServer.ts";
import { type GatewayDeps, GatewayService } from "./gateway/gatewayService.ts";
import { ChannelPolicy } from "./identity/channelPolicy.ts";
import type { Logger } from "./logger.ts";
import { loadMaterial, type Material, type MemberMaterial } from "./material.ts";
import { LedgerStore } from "./store/ledgerStore.ts";

export interface EmbeddedLedgerDeps {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Logger;
  /** A block could not be written: the process must stop. */
  readonly onFatal: (error: unknown) => void;
}

export interface EmbeddedLedger {
  /** Where each member's gateway listens, in the configuration's order. */
  readonly gateways: readonly { readonly mspId: string; readonly port: number }[];
  /** Blocks committed so far, block 0 included. */
  height(): number;
  /** Writes what was taken in, then closes everything. */
  stop(): Promise<void>;
}

/**
 * Opens the ledger and listens. Chaincode processes are reached at their first invocation, so they may start later.
 * @throws ConfigError, StoreError
 */
export async function startEmbeddedLedger(
  config: EmbeddedConfig,
  deps: EmbeddedLedgerDeps,
): Promise<EmbeddedLedger> {
  const material = await loadMaterial(config);
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const store = await LedgerStore.open(join(config.dataDir, "ledger"));
  const closers: (() => void | Promise<void>)[] = [() => store.close()];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    await writeConfigBlock(channelConfig(config, material), store);
    const gateways = await assemble(config, material, store, deps, closers);
    return { gateways, height: () => store.tip.height, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Builds the parts, innermost first. What must be closed is noted in `closers`, to be closed in the reverse order. */
async function assemble(
  config: EmbeddedConfig,
  material: Material,
  store: LedgerStore,
  deps: EmbeddedLedgerDeps,
  closers: (() => void | Promise<void>)[],
): Promise<EmbeddedLedger["gateways"]> {
  const { msps } = material;
  const { now, log, onFatal } = deps;
  const policy = new ChannelPolicy(config.channel, msps);
  const checks = { msps, policy, store, now };
  const definitions = new ChaincodeDefinitions(chaincodesOf(config));

  const members = config.members.map((member): OwnAddress & EndorsingMember => {
    const own = required(material.members.get(member.mspId));
    const launchers = launchersOf(member, own, config, log);
    for (const launcher of launchers.values()) closers.push(() => launcher.close());
    const options = { ...config, mspId: member.mspId };
    const { identity, key } = own;
    const endorser = new Endorser(options, { ...checks, identity, key, launchers, definitions });
    return { mspId: member.mspId, address: addressOf(config, member), endorser };
  });
  const collector = new EndorsementCollector(config, members, { store, definitions });
  const evaluator = new Evaluator(config, members, store);

  const notifier = new CommitNotifier();
  const memberIds = config.members.map(({ mspId }) => mspId);
  const endorsement = new EndorsementPolicy(config.quorum, memberIds, msps);
  const validator = new TransactionValidator({ msps, policy: endorsement, store, definitions });
  const privateData = new PrivateDataCommitter({ store, definitions });
  const committer = new Committer({ store, validator, privateData, notifier });
  const commit = (envelopes: readonly Uint8Array[]): Promise<void> => committer.commit(envelopes);
  const isCommitted = (txId: string): boolean => store.getTransaction(txId) !== undefined;
  const orderer = new Orderer(config, { policy, msps, now, isCommitted, commit, onFatal });
  closers.push(() => orderer.stop());

  const gatewayDeps: GatewayDeps = { ...checks, collector, evaluator, orderer, notifier, definitions };
  const gateways: { mspId: string; port: number }[] = [];
  for (const gateway of config.gateways) {
    const own = required(members.find(({ mspId }) => mspId === gateway.mspId));
    const service = new GatewayService(config, own, gatewayDeps);
    const server = serverOf(gateway, service, { config, material, log, checks });
    closers.push(() => server.stop());
    const port = await server.start();
    own.address = `${gateway.host}:${port}`;
    gateways.push({ mspId: gateway.mspId, port });
  }
  return gateways;
}

/** Known only once the gateway listens. */
interface OwnAddress {
  address: string;
}

function channelConfig(config: EmbeddedConfig, material: Material): Parameters<typeof writeConfigBlock>[0] {
  const { channel, quorum } = config;
  const members = config.members.map(({ mspId }) => required(material.members.get(mspId)).definition);
  return { channel, quorum, members, chaincodes: chaincodesOf(config), otherMsps: material.otherMsps };
}

function launchersOf(
  member: MemberConfig,
  { chaincodes }: MemberMaterial,
  config: EmbeddedConfig,
  log: Logger,
): Map<string, ChaincodeLauncher> {
  const launchers = new Map<string, ChaincodeLauncher>();
  for (const [chaincodeName, { host, port }] of processesOf(config, member.mspId)) {
    const { root, client } = required(chaincodes.get(chaincodeName));
    const options = { chaincodeName, executeTimeoutMs: config.executeTimeoutMs, address: `${host}:${port}` };
    const tls = credentials.createSsl(root, client.key, client.certificate);
    launchers.set(chaincodeName, new ChaincodeLauncher(options, { credentials: tls, log }));
  }
  return launchers;
}

function serverOf(
  gateway: GatewayConfig,
  service: GatewayService,
  parts: {
    config: EmbeddedConfig;
    material: Material;
    log: Logger;
    checks: { msps: Material["msps"]; policy: ChannelPolicy; store: LedgerStore; now: () => number };
  },
): GatewayServer {
  const { config, material, log, checks } = parts;
  const tls = required(material.gatewayTls.get(gateway.mspId));
  const { maxGatewayCalls, maxDeliverCalls, channel, timeWindowMs } = config;
  return new GatewayServer(
    { host: gateway.host, port: gateway.port, maxGatewayCalls, maxDeliverCalls },
    {
      service,
      deliver: { channel, timeWindowMs, ...checks },
      // Clients show no certificate: real peers' gateways don't ask for one either, every request is signed.
      credentials: ServerCredentials.createSsl(
        null,
        [{ cert_chain: tls.certificate, private_key: tls.key }],
        false,
      ),
      log,
    },
  );
}

/** Filled in once its gateway listens; a member without one is known by its chaincode's address. */
function addressOf(config: EmbeddedConfig, member: MemberConfig): string {
  const gateway = config.gateways.find(({ mspId }) => mspId === member.mspId);
  const { host, port } = gateway ?? member.chaincode;
  return `${host}:${port}`;
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the configuration was not checked");
  return value;
}
