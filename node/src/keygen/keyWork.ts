import {
  activationStatement,
  canonicalString,
  DomainError,
  epochRecordBytes,
  fromHex,
  groupKeyId,
  statementDigest,
  statementHash,
  toHex,
  type EpochRecord,
  type Genesis,
  type NetworkId,
} from "@comity/protocol";
import {
  checkDeal,
  combineShares,
  createAccusation,
  createDeal,
  createEncryptionKey,
  groupKeyOf,
  openShare,
  ShareError,
  transcriptHash,
  type Accusation,
  type Deal,
  type RandomBytes,
  type Session,
} from "@comity/threshold";
import type { Identity } from "../signing/identity.ts";
import type { DecisionSubject } from "../signing/index.ts";
import { assertBelongs } from "./keyStore.ts";
import type { Board } from "./keyStep.ts";
import type { AttemptSecrets } from "./keyVault.ts";
import type { KeyShare } from "./shareFiles.ts";

export class KeyWorkError extends DomainError<"KEY_RECORD_WRONG" | "KEY_DEAL_MISSING"> {}

export interface KeyWorkOptions {
  readonly networkId: NetworkId;
  readonly genesis: Pick<Genesis, "members">;
}

export interface KeyWorkDeps {
  readonly identity: Identity;
  readonly random: RandomBytes;
}

/** The cryptography of a key generation, from one member's side. Nothing here keeps a secret or sends anything. */
export class KeyWork {
  readonly #options: KeyWorkOptions;
  readonly #deps: KeyWorkDeps;
  /** The board and record that were last found to fit: to make a record anew takes long, and the same again gives the same. */
  #fitting = "";

  constructor(options: KeyWorkOptions, deps: KeyWorkDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  prepareAccept(board: Board): AttemptSecrets {
    const { index } = this.#deps.identity;
    const made = createEncryptionKey({ session: this.#session(board), index, random: this.#deps.random });
    return { attempt: board.attempt, encryptionSecret: toHex(made.secret), acceptance: made.accept };
  }

  prepareDeal(board: Board): Deal {
    const { random, identity } = this.#deps;
    return createDeal({
      session: this.#session(board),
      dealer: identity.index,
      recipients: board.accepts,
      random,
    });
  }

  /** This member's share of one deal; undefined if the dealer cheated it. */
  open(board: Board, dealer: number, secrets: AttemptSecrets): Uint8Array | undefined {
    try {
      return openShare(this.#opening(board, dealer, secrets));
    } catch (error) {
      if (error instanceof ShareError && error.code === "SHARE_INVALID") return undefined;
      throw error;
    }
  }

  accuse(board: Board, dealer: number, secrets: AttemptSecrets): Accusation {
    return createAccusation({ ...this.#opening(board, dealer, secrets), random: this.#deps.random });
  }

  /** The share of the key that the record describes, after making the whole record anew from the deals. @throws KeyWorkError */
  assemble(board: Board, record: EpochRecord, shares: readonly Uint8Array[]): KeyShare {
    this.#assertRecord(board, record);
    const share = { index: this.#deps.identity.index, secretShare: combineShares(shares) };
    assertBelongs(share, record);
    return share;
  }

  /**
   * What a member signs with its share to confirm the key. Looks at the record once more: the board may have been read anew, and from
   * another peer, since the share was made. @throws KeyWorkError
   */
  activation(board: Board, record: EpochRecord): DecisionSubject {
    this.#assertRecord(board, record);
    const { networkId } = this.#options;
    const { keyEpoch } = record;
    const groupKey = fromHex(record.groupKey, 48);
    const statement = activationStatement(board.attempt, record);
    const digest = statementDigest({ networkId, groupKey, kind: "activation", keyEpoch }, statement);
    return {
      digest: toHex(digest),
      groupKeyId: toHex(groupKeyId(groupKey)),
      kind: "activation",
      slot: `${keyEpoch}/${board.attempt}`,
      statementHash: toHex(statementHash(statement)),
    };
  }

  /** This member's signature on the record, with a share of the key or without. @throws KeyWorkError */
  signRecord(board: Board, record: EpochRecord): Record<string, string | number> {
    this.#assertRecord(board, record);
    const { identity } = this.#deps;
    const signature = toHex(identity.sign(epochRecordBytes(this.#options.networkId, record)));
    return { attempt: board.attempt, index: identity.index, signature };
  }

  /** A member vouches only for a record that follows from the deals and from genesis, not for what a peer says. */
  #assertRecord(board: Board, record: EpochRecord): void {
    const { attempt, threshold, accepts, deals, qualified } = board;
    const asked = canonicalString({ attempt, threshold, accepts, deals, qualified, record });
    if (asked === this.#fitting) return;
    this.#assertFollows(board, record);
    this.#fitting = asked;
  }

  #assertFollows(board: Board, record: EpochRecord): void {
    const session = this.#session(board);
    const deals = board.qualified.map((dealer) => dealOf(board, dealer));
    for (const deal of deals) checkDeal(session, deal.dealer, deal, board.accepts);
    const { groupKey, publicShares } = groupKeyOf(session, deals);
    const expected = {
      type: record.type,
      networkId: this.#options.networkId,
      keyEpoch: 1,
      groupKey: toHex(groupKey),
      threshold: board.threshold,
      members: this.#options.genesis.members.map(({ index, memberId, identityKey }) => ({
        index,
        memberId,
        identityKey,
        publicShare: toHex(publicShares.get(index) ?? new Uint8Array()),
      })),
      transcriptHash: toHex(transcriptHash(session, board.accepts, deals)),
      previous: null,
    };
    if (canonicalString(expected) !== canonicalString(record)) {
      throw new KeyWorkError(
        "KEY_RECORD_WRONG",
        "the epoch record does not follow from the deals on the ledger",
      );
    }
  }

  #opening(board: Board, dealer: number, secrets: AttemptSecrets) {
    return {
      session: this.#session(board),
      deal: dealOf(board, dealer),
      index: this.#deps.identity.index,
      secret: fromHex(secrets.encryptionSecret, 32),
    };
  }

  #session({ attempt, threshold }: Board): Session {
    return {
      networkId: this.#options.networkId,
      attempt,
      n: this.#options.genesis.members.length,
      t: threshold,
    };
  }
}

function dealOf(board: Board, dealer: number): Deal {
  const found = board.deals.find(({ index }) => index === dealer);
  if (!found) throw new KeyWorkError("KEY_DEAL_MISSING", `the board has no deal of member ${dealer}`);
  return found.deal;
}
