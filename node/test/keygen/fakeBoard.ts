import {
  canonicalString,
  decodeCanonical,
  encodeCanonical,
  faultBound,
  type EpochRecord,
  type Genesis,
  type NetworkId,
  toHex,
} from "@comity/protocol";
import {
  checkDeal,
  decideAccusation,
  groupKeyOf,
  transcriptHash,
  verifyEncryptionKey,
  type Accusation,
  type Deal,
} from "@comity/threshold";
import type { Board, ClosingPhase } from "../../src/keygen/keyStep.ts";

type Draft = { -readonly [K in keyof Board]: Board[K] };

type Post = Board["accepts" | "deals" | "confirms" | "signatures"][number];

export class BoardRefusal extends Error {}

/** The ledger's rules for the key board, as far as members who follow the protocol meet them, in memory. */
export class FakeBoard {
  readonly #network: { networkId: NetworkId; genesis: Genesis; windowMs: number };
  readonly #now: () => number;
  readonly #votes = new Map<string, Set<number>>();
  /** Deals as they were sent, to see that a dealer always sends the same bytes. */
  readonly dealsSent = new Map<string, Set<string>>();
  state: Draft = {
    ...{ attempt: 0, threshold: 0, phase: "none", openedMs: 0, phaseOpenedMs: 0 },
    ...{
      excluded: [],
      disqualified: [],
      qualified: [],
      accepts: [],
      deals: [],
      closedVotes: [],
      confirms: [],
      signatures: [],
    },
  };

  constructor(network: { networkId: NetworkId; genesis: Genesis; windowMs: number }, now: () => number) {
    this.#network = network;
    this.#now = now;
  }

  read(): Uint8Array {
    return encodeCanonical(this.state);
  }

  submit(sender: number, transaction: string, args: readonly string[]): void {
    const first = args[0] ?? "";
    const handlers: Record<string, () => void> = {
      "coalition:ProposeKey": () => this.#propose(parse(first)),
      "coalition:AcceptKey": () => this.#accept(parse(first)),
      "coalition:Deal": () => this.#deal(sender, parse(first)),
      "coalition:ClosePhase": () => this.#close(sender, args[1] as ClosingPhase),
      "coalition:AccuseDealer": () => this.#accuse(parse(first)),
      "coalition:ConfirmKey": () => this.#confirm(parse(first)),
      "coalition:SignRecord": () => this.#sign(parse(first)),
      "coalition:ActivateKey": () => this.#activate(),
    };
    handlers[transaction]?.();
  }

  get #needed(): number {
    const n = this.#network.genesis.members.length;
    return n - faultBound(n);
  }

  get #session() {
    const { attempt, threshold } = this.state;
    return {
      networkId: this.#network.networkId,
      attempt,
      n: this.#network.genesis.members.length,
      t: threshold,
    };
  }

  #propose({ attempt, threshold }: { attempt: number; threshold: number }): void {
    if (attempt === this.state.attempt) return;
    if (attempt !== this.state.attempt + 1 || !["none", "aborted"].includes(this.state.phase))
      throw new BoardRefusal("attempt");
    const guilty = this.state.aborted?.dealer;
    const excluded = [...this.state.excluded, ...(guilty === undefined ? [] : [guilty])];
    const empty = {
      disqualified: [],
      qualified: [],
      accepts: [],
      deals: [],
      closedVotes: [],
      confirms: [],
      signatures: [],
    };
    this.state = {
      ...empty,
      attempt,
      threshold,
      excluded,
      phase: "accept",
      openedMs: this.#now(),
      phaseOpenedMs: this.#now(),
    };
  }

  #accept({
    attempt,
    ...accept
  }: {
    attempt: number;
    index: number;
    encryptionKey: string;
    proof: string;
  }): void {
    if (this.#isRepeat(this.state.accepts, accept)) return;
    this.#assert("accept");
    if (attempt !== this.state.attempt) throw new BoardRefusal("attempt");
    if (!verifyEncryptionKey(this.#session, accept.index, accept.encryptionKey, accept.proof))
      throw new BoardRefusal("proof");
    this.state.accepts = byIndex([...this.state.accepts, accept]);
  }

  #deal(dealer: number, { attempt, deal }: { attempt: number; deal: Deal }): void {
    const key = `${attempt}/${dealer}`;
    this.dealsSent.set(key, (this.dealsSent.get(key) ?? new Set()).add(canonicalString(deal)));
    if (this.#isRepeat(this.state.deals, { index: dealer, deal })) return;
    this.#assert("deal");
    checkDeal(this.#session, dealer, deal, this.state.accepts);
    this.state.deals = byIndex([...this.state.deals, { index: dealer, deal }]);
  }

  #close(voter: number, phase: ClosingPhase): void {
    if (this.state.phase !== phase) return;
    const dealers = this.state.accepts.filter(({ index }) => !this.state.excluded.includes(index)).length;
    const all = { accept: this.#session.n, deal: dealers, confirm: this.state.accepts.length }[phase];
    const present = { accept: this.state.accepts, deal: this.state.deals, confirm: this.state.confirms }[
      phase
    ].length;
    if (present < all && this.#now() < this.state.phaseOpenedMs + this.#network.windowMs)
      throw new BoardRefusal("open");
    const key = `${this.state.attempt}/${phase}`;
    const votes = (this.#votes.get(key) ?? new Set()).add(voter);
    this.#votes.set(key, votes);
    this.state.closedVotes = [...votes].sort((a, b) => a - b);
    if (present < all && votes.size < this.#needed) return;
    this.state.closedVotes = [];
    this.state.phaseOpenedMs = this.#now();
    if (present < this.#needed) Object.assign(this.state, { phase: "aborted", aborted: { reason: "short" } });
    else if (phase === "accept") this.state.phase = "deal";
    else if (phase === "deal") this.#openConfirming();
    else this.state.phase = "sign";
  }

  #openConfirming(): void {
    const deals = this.state.deals.map(({ deal }) => deal);
    const { groupKey, publicShares } = groupKeyOf(this.#session, deals);
    const record: EpochRecord = {
      type: "comity/v1/epoch-record",
      ...{
        networkId: this.#network.networkId,
        keyEpoch: 1,
        groupKey: toHex(groupKey),
        threshold: this.state.threshold,
      },
      members: this.#network.genesis.members.map(({ index, memberId, identityKey }) => ({
        ...{ index, memberId, identityKey },
        publicShare: toHex(publicShares.get(index)!),
      })),
      transcriptHash: toHex(transcriptHash(this.#session, this.state.accepts, deals)),
      previous: null,
    };
    Object.assign(this.state, { phase: "confirm", qualified: deals.map(({ dealer }) => dealer), record });
  }

  #accuse({ dealer, accuser, sharedKey, proof }: Accusation): void {
    if (this.state.phase === "aborted") return;
    this.#assert("deal", "confirm");
    const accusation = { dealer, accuser, sharedKey, proof };
    const deal = this.state.deals.find(({ index }) => index === dealer)!.deal;
    const { encryptionKey } = this.state.accepts.find(({ index }) => index === accuser)!;
    if (decideAccusation(this.#session, deal, accusation, encryptionKey) !== "dealer-guilty")
      throw new BoardRefusal("false");
    Object.assign(this.state, { phase: "aborted", aborted: { reason: "accused", dealer, accuser } });
  }

  #confirm({ index, partial }: Board["confirms"][number]): void {
    const confirm = { index, partial };
    if (this.#isRepeat(this.state.confirms, confirm)) return;
    this.#assert("confirm");
    this.state.confirms = byIndex([...this.state.confirms, confirm]);
  }

  #sign({ index, signature }: Board["signatures"][number]): void {
    if (this.#isRepeat(this.state.signatures, { index, signature })) return;
    this.#assert("sign");
    this.state.signatures = byIndex([...this.state.signatures, { index, signature }]);
  }

  #activate(): void {
    if (this.state.phase === "active") return;
    this.#assert("sign");
    if (this.state.signatures.length < this.#needed) throw new BoardRefusal("signatures");
    this.state.phase = "active";
  }

  #isRepeat(posts: readonly Post[], post: Post): boolean {
    const existing = posts.find(({ index }) => index === post.index);
    if (existing && canonicalString(existing) !== canonicalString(post)) throw new BoardRefusal("different");
    return existing !== undefined;
  }

  #assert(...phases: string[]): void {
    if (!phases.includes(this.state.phase)) throw new BoardRefusal(`phase ${this.state.phase}`);
  }
}

/** Whatever the rule expects: a sender of nonsense is none of these tests' business. */
function parse(text: string): never {
  return decodeCanonical(Buffer.from(text), 1024 * 1024) as never;
}

function byIndex<T extends { index: number }>(posts: T[]): T[] {
  return posts.sort((a, b) => a.index - b.index);
}
