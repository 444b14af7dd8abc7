/** A private data collection of a chaincode. */
export interface CollectionConfig {
  readonly name: string;
  /** MSP ids; any identity of theirs is a member (Fabric's policy OR over them). */
  readonly members: readonly string[];
  readonly memberOnlyRead: boolean;
  readonly memberOnlyWrite: boolean;
  /** Blocks after which a value and its hash leave the state; 0 keeps them. */
  readonly blockToLive: number;
}

/** Fabric: core/common/privdata/store.go. */
export class Collection {
  readonly name: string;
  readonly #config: CollectionConfig;
  readonly #members: ReadonlySet<string>;

  constructor(config: CollectionConfig) {
    this.name = config.name;
    this.#config = config;
    this.#members = new Set(config.members);
  }

  hasMember(mspId: string): boolean {
    return this.#members.has(mspId);
  }

  mayRead(mspId: string): boolean {
    return !this.#config.memberOnlyRead || this.hasMember(mspId);
  }

  mayWrite(mspId: string): boolean {
    return !this.#config.memberOnlyWrite || this.hasMember(mspId);
  }

  /** The block whose commit removes what `block` wrote; undefined when nothing does. */
  expiringBlock(block: number): number | undefined {
    const { blockToLive } = this.#config;
    return blockToLive === 0 ? undefined : block + blockToLive + 1;
  }
}
