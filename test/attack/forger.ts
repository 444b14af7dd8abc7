import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import {
  type Bundle,
  epochRecordBytes,
  type NetworkId,
  parseNetworkId,
  type SignedEpochRecord,
  toHex,
} from "@comity/protocol";
import { publicShareOf, signPartial } from "@comity/threshold";
import type { TestCoalition } from "../system/testCoalition.ts";
import type { TestSite } from "../system/testSite.ts";
import { forgeBundle } from "./forgedBundle.ts";
import { signingDecision } from "./forgedDecision.ts";
import { type MemberSecrets, stealSecrets } from "./secrets.ts";

export type Signature = (digest: Uint8Array) => string;
export type Signer = Pick<MemberSecrets, "index" | "identityKey">;

const { Fr } = bls12_381.fields;
const G2 = bls12_381.G2.Point;

/** Forges alerts about a site that did nothing, with members' secrets and with keys of its own. */
export class Forger {
  readonly ownShare: Uint8Array = bls12_381.utils.randomSecretKey();
  readonly #ownKey: KeyObject = generateKeyPairSync("ed25519").privateKey;
  readonly #test: TestCoalition;
  readonly #site: TestSite;
  readonly #networkId: NetworkId;
  readonly #epochs: readonly SignedEpochRecord[];
  readonly #stolen: readonly MemberSecrets[];

  private constructor(test: TestCoalition, site: TestSite, epochs: readonly SignedEpochRecord[]) {
    this.#test = test;
    this.#site = site;
    this.#networkId = parseNetworkId(test.coalition.network.genesis);
    this.#epochs = epochs;
    this.#stolen = test.memberIds.map((memberId) => stealSecrets(test.coalition, memberId));
  }

  static async equip(test: TestCoalition, site: TestSite): Promise<Forger> {
    const answer = await test.coalition.ledger(test.memberId(1), "node").evaluate("coalition:ReadEpochs");
    const { epochs } = JSON.parse(new TextDecoder().decode(answer)) as { epochs: SignedEpochRecord[] };
    return new Forger(test, site, epochs);
  }

  /** Secrets of the first so many members. */
  stolen(count: number): readonly MemberSecrets[] {
    return this.#stolen.slice(0, count);
  }

  /** Two members' identity keys, and for the third one that the attacker just made. */
  get pretended(): readonly Signer[] {
    return [...this.stolen(2), { index: 3, identityKey: this.#ownKey }];
  }

  /** Two members' identity keys, one of them in the place of a third. */
  get repeated(): readonly Signer[] {
    return [
      ...this.stolen(2),
      ...this.stolen(2)
        .slice(1)
        .map((signer) => ({ ...signer, index: 3 })),
    ];
  }

  /** The attacker's own key in every member's place. */
  get own(): readonly Signer[] {
    return this.#stolen.map(({ index }) => ({ index, identityKey: this.#ownKey }));
  }

  bundle(signature: Signature, signers: readonly Signer[], epochs = this.#epochs): Bundle {
    const [owner] = this.#stolen;
    if (owner === undefined) throw new Error("a coalition has members");
    return forgeBundle({
      genesis: this.#test.genesis,
      epochs,
      memberId: this.#site.memberId,
      identityKey: owner.identityKey,
      subject: this.#site,
      signature,
      decisions: (digest) =>
        signers.map((signer) =>
          signingDecision(this.#networkId, digest, signer, signPartial(this.ownShare, digest)),
        ),
    });
  }

  /** An epoch record for a key that the attacker holds alone, vouched for by these. */
  ownEpoch(signers: readonly Signer[]): readonly SignedEpochRecord[] {
    return this.#epochs.slice(0, 1).map(({ record: before }) => {
      const record = { ...before, groupKey: toHex(publicShareOf(this.ownShare)) };
      const bytes = epochRecordBytes(this.#networkId, record);
      const signatures = signers.map(({ index, identityKey }) => {
        return { index, signature: toHex(sign(null, bytes, identityKey)) };
      });
      return { record, signatures };
    });
  }

  /** By the key of `ownEpoch`. */
  readonly ownSignature: Signature = (digest) => toHex(signPartial(this.ownShare, digest));

  /** What these shares interpolate to at 0, whether or not they are enough. */
  interpolated(shares: readonly Pick<MemberSecrets, "index" | "secretShare">[]): Signature {
    const indices = shares.map(({ index }) => BigInt(index));
    const weight = (own: bigint): bigint =>
      indices
        .filter((other) => other !== own)
        .reduce((product, other) => Fr.mul(product, Fr.div(other, Fr.sub(other, own))), Fr.ONE);
    return (digest) => {
      const terms = shares.map(({ index, secretShare }) =>
        G2.fromBytes(signPartial(secretShare, digest)).multiply(weight(BigInt(index))),
      );
      return toHex(terms.reduce((sum, term) => sum.add(term), G2.ZERO).toBytes());
    };
  }
}
