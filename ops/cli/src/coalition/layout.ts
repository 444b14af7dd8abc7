import { join } from "node:path";
import { type KeyPairFiles, MemberHome } from "@comity/fabric";

/** Where everything of a local coalition lies. */
export class Layout {
  readonly root: string;

  /** @param root absolute */
  constructor(root: string) {
    this.root = root;
  }

  /** Where a new member's files are made before they come to their place. */
  draftOf(memberId: string): Layout {
    return new Layout(join(this.root, `.new-${memberId}`));
  }

  get networkFile(): string {
    return join(this.root, "network.json");
  }

  get genesisFile(): string {
    return join(this.root, "genesis.json");
  }

  /** Where the supervisor of a real network takes requests. */
  get controlSocket(): string {
    return join(this.root, "up.sock");
  }

  /** Process id of the supervisor that runs this coalition now. */
  get lockFile(): string {
    return join(this.root, "up.pid");
  }

  /** There while a network that runs by itself can take transactions. */
  get readyFile(): string {
    return join(this.root, "up.ready");
  }

  get ledger(): string {
    return join(this.root, "ledger");
  }

  /** What stands for the chaincode on every peer. */
  chaincodePackage(version: number): string {
    return join(this.root, `chaincode-${version}.tar.gz`);
  }

  get committedRelease(): string {
    return join(this.fabric, "release.json");
  }

  /** A real network: its topology, the channel's first block, and a home for each member. */
  get fabric(): string {
    return join(this.root, "fabric");
  }

  get topologyFile(): string {
    return join(this.fabric, "topology.json");
  }

  /** A change of the members that is prepared: what is voted on, and the update of the channel that the vote names. */
  get changeFile(): string {
    return join(this.fabric, "change.json");
  }

  get changeUpdateFile(): string {
    return join(this.fabric, "change.pb");
  }

  /** The block that changed the channel so. */
  get changeBlockFile(): string {
    return join(this.fabric, "change.block");
  }

  /** What network and topology are to be once the members have voted. */
  get nextNetworkFile(): string {
    return join(this.root, "network.next.json");
  }

  get nextTopologyFile(): string {
    return join(this.fabric, "topology.next.json");
  }

  memberHome(memberId: string): MemberHome {
    return new MemberHome(join(this.fabric, "members", memberId));
  }

  /** An observer's public MSP folder. */
  observerMsp(mspId: string): string {
    return join(this.fabric, "observers", mspId);
  }

  get gateway(): string {
    return join(this.root, "gateway");
  }

  get story(): string {
    return join(this.root, "story");
  }

  configFile(process: string): string {
    return join(this.root, "config", `${process}.json`);
  }

  logFile(process: string): string {
    return join(this.root, "logs", `${process}.log`);
  }

  member(memberId: string): string {
    return join(this.root, "members", memberId);
  }

  authority(memberId: string): string {
    return join(this.member(memberId), "ca");
  }

  tlsAuthority(memberId: string): string {
    return join(this.member(memberId), "tlsca");
  }

  rootCertificate(memberId: string): string {
    return join(this.authority(memberId), "ca-cert.pem");
  }

  tlsRootCertificate(memberId: string): string {
    return join(this.tlsAuthority(memberId), "ca-cert.pem");
  }

  surety(suretyId: string): string {
    return join(this.root, "sureties", suretyId);
  }

  suretyAuthority(suretyId: string): string {
    return join(this.surety(suretyId), "ca");
  }

  suretyRootCertificate(suretyId: string): string {
    return join(this.suretyAuthority(suretyId), "ca-cert.pem");
  }

  suretyKeyPair(suretyId: string): KeyPairFiles {
    return keyPairIn(this.surety(suretyId), "surety");
  }

  /** Where the ledger is and with what the surety signs, for a program of its own. */
  suretyAccess(suretyId: string): string {
    return join(this.surety(suretyId), "ledger.json");
  }

  /** New keys and certificates, until they take the old ones' place. */
  renewal(memberId: string): string {
    return join(this.member(memberId), "renewal");
  }

  identityKey(memberId: string): string {
    return join(this.member(memberId), "identity-key.pem");
  }

  /** Secret half of the key to which tips are sealed for the member's case officer, in hex. */
  sealingKey(memberId: string): string {
    return join(this.member(memberId), "officer-sealing.key");
  }

  /** With which the member's gateway signs receipts for tips. */
  receiptKey(memberId: string): string {
    return join(this.member(memberId), "gateway-receipt-key.pem");
  }

  keyPair(memberId: string, name: IdentityName | TlsName): KeyPairFiles {
    return keyPairIn(this.member(memberId), name);
  }
}

/** What a member's authority issues when the coalition is made. */
export const identityNames = ["officer", "node", "gateway", "peer"] as const;
export type IdentityName = (typeof identityNames)[number] | "orderer" | "admin";

/** What its TLS authority issues then. */
export const tlsNames = ["peer-tls", "chaincode-tls", "intake-tls"] as const;
export type TlsName = (typeof tlsNames)[number] | "orderer-tls";

export function keyPairIn(directory: string, name: string): KeyPairFiles {
  return {
    certificateFile: join(directory, `${name}-cert.pem`),
    keyFile: join(directory, `${name}-key.pem`),
  };
}
