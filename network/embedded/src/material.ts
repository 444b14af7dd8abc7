import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { msp } from "@hyperledger/fabric-protos";
import {
  type ChaincodeConfig,
  ConfigError,
  type EmbeddedConfig,
  type GatewayConfig,
  type MemberConfig,
} from "./config.ts";
import { processesOf } from "./definition/configuredChaincodes.ts";
import { type MspDefinition, MspRegistry } from "./identity/mspRegistry.ts";
import { messageOf } from "./wire/decode.ts";

export interface TlsMaterial {
  readonly certificate: Buffer;
  readonly key: Buffer;
}

export interface MemberMaterial {
  readonly definition: MspDefinition;
  /** msp.SerializedIdentity of the member's peer. */
  readonly identity: Uint8Array;
  readonly key: KeyObject;
  /** By chaincode. */
  readonly chaincodes: ReadonlyMap<string, ChaincodeMaterial>;
}

/** With whom to speak at a chaincode process, and as whom. */
export interface ChaincodeMaterial {
  readonly root: Buffer;
  readonly client: TlsMaterial;
}

/** Certificates and keys that a configuration names, read and checked. */
export interface Material {
  readonly msps: MspRegistry;
  readonly members: ReadonlyMap<string, MemberMaterial>;
  readonly otherMsps: readonly MspDefinition[];
  readonly gatewayTls: ReadonlyMap<string, TlsMaterial>;
}

/** @throws ConfigError with every problem at once */
export async function loadMaterial(config: EmbeddedConfig): Promise<Material> {
  const problems: string[] = [];
  const attempt = async <T>(what: string, load: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await load();
    } catch (error) {
      problems.push(`${what}: ${messageOf(error)}`);
      return undefined;
    }
  };
  const members = new Map<string, MemberMaterial>();
  for (const member of config.members) {
    const loaded = await attempt(`member ${member.mspId}`, () => loadMember(member, config));
    if (loaded !== undefined) members.set(member.mspId, loaded);
  }
  const otherMsps: MspDefinition[] = [];
  for (const other of config.otherMsps) {
    const loaded = await attempt(`MSP ${other.mspId}`, () =>
      loadRoot(other.mspId, other.rootCertificateFile),
    );
    if (loaded !== undefined) otherMsps.push(loaded);
  }
  const gatewayTls = new Map<string, TlsMaterial>();
  for (const gateway of config.gateways) {
    const loaded = await attempt(`gateway of ${gateway.mspId}`, () => loadGatewayTls(gateway));
    if (loaded !== undefined) gatewayTls.set(gateway.mspId, loaded);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  const msps = new MspRegistry([...[...members.values()].map(({ definition }) => definition), ...otherMsps]);
  return { msps, members, otherMsps, gatewayTls };
}

async function loadMember(member: MemberConfig, config: EmbeddedConfig): Promise<MemberMaterial> {
  const definition = await loadRoot(member.mspId, member.rootCertificateFile);
  const pem = await readFile(member.signingCertificateFile);
  const key = createPrivateKey(await readFile(member.signingKeyFile));
  if (!new X509Certificate(pem).checkPrivateKey(key))
    throw new Error("its signing key is not its certificate's");
  const serialized = new msp.SerializedIdentity();
  serialized.setMspid(member.mspId);
  serialized.setIdBytes(pem);
  const identity = serialized.serializeBinary();
  if (new MspRegistry([definition]).resolve(identity).unit !== "peer") {
    throw new Error("its signing certificate is not of the unit peer");
  }
  const chaincodes = new Map<string, ChaincodeMaterial>();
  for (const [name, process] of processesOf(config, member.mspId)) {
    chaincodes.set(name, await loadChaincode(process));
  }
  return { definition, identity, key, chaincodes };
}

async function loadChaincode(process: ChaincodeConfig): Promise<ChaincodeMaterial> {
  const client = await loadTls(process.clientCertificateFile, process.clientKeyFile);
  return { root: await readFile(process.tlsRootFile), client };
}

async function loadRoot(mspId: string, file: string): Promise<MspDefinition> {
  const rootCertificatePem = await readFile(file, "utf8");
  if (!new X509Certificate(rootCertificatePem).ca) throw new Error("its root certificate is not a CA's");
  return { mspId, rootCertificatePem };
}

async function loadGatewayTls(gateway: GatewayConfig): Promise<TlsMaterial> {
  return loadTls(gateway.tlsCertificateFile, gateway.tlsKeyFile);
}

async function loadTls(certificateFile: string, keyFile: string): Promise<TlsMaterial> {
  const [certificate, key] = await Promise.all([readFile(certificateFile), readFile(keyFile)]);
  createSecureContext({ cert: certificate, key }); // throws when they are not a pair
  return { certificate, key };
}
