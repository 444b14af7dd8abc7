import { join } from "node:path";
import type { Member } from "./member.ts";

export const channel = "comity";
export const chaincodeName = "test";

export interface LedgerOptions {
  readonly quorum?: number;
  /** A second chaincode of this name, the same program in processes of its own. */
  readonly otherChaincode?: { readonly name: string; readonly collections?: readonly object[] };
  /** Added to the ledger's configuration. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** As the ledger's program reads it. The ledger keeps its data in this folder, and has a gateway for each member. */
export function ledgerConfig(
  folder: string,
  members: readonly Member[],
  options: LedgerOptions,
): Readonly<Record<string, unknown>> {
  return {
    channel,
    chaincodeName,
    dataDir: join(folder, "data"),
    mode: "evaluation",
    quorum: options.quorum ?? 3,
    blockMs: 5,
    executeTimeoutMs: 20_000, // only tests of time-outs should see one, however busy the machine is
    endorsementTimeoutMs: 30_000,
    gateways: members.map(gatewayConfig),
    members: members.map(memberConfig),
    otherChaincodes: otherChaincodes(members, options),
    ...options.config,
  };
}

function gatewayConfig({ mspId, folder }: Member): object {
  return {
    mspId,
    host: "127.0.0.1",
    port: 0,
    tlsCertificateFile: join(folder, "tls-cert.pem"),
    tlsKeyFile: join(folder, "tls-key.pem"),
  };
}

function memberConfig(member: Member): object {
  const { mspId, folder, chaincodePort } = member;
  return {
    mspId,
    rootCertificateFile: join(folder, "root.pem"),
    signingCertificateFile: join(folder, "peer-cert.pem"),
    signingKeyFile: join(folder, "peer-key.pem"),
    chaincode: processConfig(member, chaincodePort),
  };
}

function processConfig({ folder }: Member, port: number): object {
  return {
    host: "127.0.0.1",
    port,
    tlsRootFile: join(folder, "tls-root.pem"),
    clientCertificateFile: join(folder, "tls-cert.pem"),
    clientKeyFile: join(folder, "tls-key.pem"),
  };
}

function otherChaincodes(members: readonly Member[], { otherChaincode }: LedgerOptions): object[] {
  if (otherChaincode === undefined) return [];
  const processes = members.map((member) => ({
    mspId: member.mspId,
    ...processConfig(member, member.otherChaincodePort),
  }));
  return [{ ...otherChaincode, processes }];
}
