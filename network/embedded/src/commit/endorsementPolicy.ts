import type { MspRegistry } from "../identity/mspRegistry.ts";
import type { EndorsedAction } from "./transactionParts.ts";

/** OutOf(quorum) over the members' peers: that many distinct members signed this very response. */
export class EndorsementPolicy {
  readonly #quorum: number;
  readonly #members: ReadonlySet<string>;
  readonly #msps: MspRegistry;

  constructor(quorum: number, members: readonly string[], msps: MspRegistry) {
    this.#quorum = quorum;
    this.#members = new Set(members);
    this.#msps = msps;
  }

  isSatisfiedBy({ responsePayload, endorsements }: EndorsedAction): boolean {
    const signers = new Set<string>();
    for (const endorsement of endorsements) {
      const endorser = endorsement.getEndorser_asU8();
      const data = Buffer.concat([responsePayload, endorser]);
      const mspId = this.#signer(endorser, data, endorsement.getSignature_asU8());
      if (mspId !== undefined) signers.add(mspId);
    }
    return signers.size >= this.#quorum;
  }

  #signer(endorser: Uint8Array, data: Uint8Array, signature: Uint8Array): string | undefined {
    try {
      const identity = this.#msps.resolve(endorser);
      const isMemberPeer = identity.unit === "peer" && this.#members.has(identity.mspId);
      return isMemberPeer && identity.verify(data, signature) ? identity.mspId : undefined;
    } catch {
      return undefined; // an endorser that nobody knows counts for nothing
    }
  }
}
