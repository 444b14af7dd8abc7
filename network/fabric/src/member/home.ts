import { join } from "node:path";

/** The folder in which one member keeps its part of the network: configuration, identities and data of orderer and peer. */
export class MemberHome {
  readonly root: string;

  /** @param root absolute */
  constructor(root: string) {
    this.root = root;
  }

  /** Holds `orderer.yaml`. */
  get orderer(): string {
    return join(this.root, "orderer");
  }

  /** Holds `core.yaml`, which the peer and its administrator's commands read. */
  get peer(): string {
    return join(this.root, "peer");
  }

  get adminMsp(): string {
    return join(this.root, "admin", "msp");
  }

  /** What every other member may know. */
  get publicMsp(): string {
    return join(this.root, "msp");
  }

  /** Where the peer finds its chaincode server, by the names in the package's templates. */
  get chaincodeConnection(): string {
    return join(this.root, "peer", "chaincode.json");
  }
}

/** Of an orderer's or a peer's folder. */
export const mspIn = (folder: string): string => join(folder, "msp");
export const snapshotsOf = ({ peer }: MemberHome): string => join(dataIn(peer), "snapshots");
export const dataIn = (folder: string): string => join(folder, "data");
