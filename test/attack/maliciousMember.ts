import { sign } from "node:crypto";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createGossipNetwork, type GossipNetwork } from "@comity/node";
import {
  type AlertStatement,
  type Decision,
  encodeCanonical,
  fromHex,
  type NetworkId,
  parseNetworkId,
  proposalBytes,
  registerView,
  type SignedEpochRecord,
  statementDigest,
  toHex,
  topics,
  verifyDecision,
  verifyEd25519,
} from "@comity/protocol";
import { signPartial } from "@comity/threshold";
import { eventually } from "../system/eventually.ts";
import type { TestCoalition } from "../system/testCoalition.ts";
import { signingDecision } from "./forgedDecision.ts";
import { type MemberSecrets, stealSecrets } from "./secrets.ts";

const PROPOSAL_LIFE_MS = 300_000;
const silent = { info: () => undefined, warn: () => undefined };

/** Speaks on the real gossip network in a member's place, with all of its keys, and says what it likes. */
export class MaliciousMember {
  readonly #test: TestCoalition;
  readonly #networkId: NetworkId;
  readonly #epoch: SignedEpochRecord["record"];
  readonly #secrets: MemberSecrets;
  readonly #network: GossipNetwork;
  /** Decisions of other members by digest, each verified to be theirs. */
  readonly #decisions = new Map<string, Map<number, Decision>>();

  private constructor(
    test: TestCoalition,
    secrets: MemberSecrets,
    network: GossipNetwork,
    epoch: SignedEpochRecord["record"],
  ) {
    this.#test = test;
    this.#networkId = parseNetworkId(test.coalition.network.genesis);
    this.#secrets = secrets;
    this.#network = network;
    this.#epoch = epoch;
    network.onMessage("proposal", () => Promise.resolve("accept"));
    network.onMessage("partial", (bytes) => this.#hear(topics.partial.decode(bytes)));
    network.onMessage("refusal", (bytes) => this.#hear(topics.refusal.decode(bytes)));
  }

  /** Takes the place of a member whose node is down. */
  static async join(test: TestCoalition, memberId: string): Promise<MaliciousMember> {
    const { coalition } = test;
    const secrets = stealSecrets(coalition, memberId);
    const ledger = coalition.ledger(memberId, "node");
    const ask = async (transaction: string): Promise<unknown> =>
      JSON.parse(new TextDecoder().decode(await ledger.evaluate(transaction)));
    const { members } = registerView(await ask("coalition:ReadRegister"));
    const { epochs } = (await ask("coalition:ReadEpochs")) as { epochs: SignedEpochRecord[] };
    const [epoch] = epochs;
    if (epoch === undefined) throw new Error("the coalition has no key");
    const port = coalition.network.members.find((member) => member.memberId === memberId)?.ports.gossip ?? 0;
    const network = await createGossipNetwork(
      {
        networkId: parseNetworkId(coalition.network.genesis),
        ownIndex: secrets.index,
        host: "127.0.0.1",
        port,
        keyFile: join(coalition.layout.member(memberId), "node", "peer.key"),
      },
      {
        members: () => members,
        clock: { now: Date.now, sleep: (ms, signal) => pause(ms, undefined, { signal }) },
        random: Math.random,
        log: silent,
      },
    );
    const malicious = new MaliciousMember(test, secrets, network, epoch.record);
    await network.start();
    await eventually("all other members connected", () =>
      network.peers().every(({ connected }) => connected) ? true : undefined,
    );
    return malicious;
  }

  leave(): Promise<void> {
    return this.#network.stop();
  }

  /** Proposes a statement, and signs it at once. Gives its digest. */
  async propose(statement: AlertStatement): Promise<string> {
    const { keyEpoch } = this.#epoch;
    const groupKey = fromHex(this.#epoch.groupKey, 48);
    const kind = "alert";
    const digest = statementDigest({ networkId: this.#networkId, groupKey, kind, keyEpoch }, statement);
    const expiresAtMs = Date.now() + PROPOSAL_LIFE_MS;
    const unsigned = { memberIndex: this.#secrets.index, expiresAtMs };
    const bytes = proposalBytes(this.#networkId, digest, unsigned);
    const signature = toHex(sign(null, bytes, this.#secrets.identityKey));
    const proposal = { type: "comity/v1/proposal", ...unsigned, kind, keyEpoch, statement, signature };
    const partial = signPartial(this.#secrets.secretShare, digest);
    const decision = signingDecision(this.#networkId, digest, this.#secrets, partial);
    const own = {
      type: "comity/v1/partial",
      digest: toHex(digest),
      keyEpoch,
      partial: toHex(partial),
      decision,
    };
    await this.#network.publish("proposal", encodeCanonical(proposal));
    await this.#network.publish("partial", encodeCanonical(own));
    return toHex(digest);
  }

  /** What every other member decided about a digest, signed by each. */
  decisionsOfAll(digest: string, timeoutMs?: number): Promise<readonly Decision[]> {
    const others = this.#test.memberIds.length - 1;
    return eventually(
      `the decisions of ${others} members`,
      () => {
        const heard = [...(this.#decisions.get(digest)?.values() ?? [])];
        return heard.length === others ? heard : undefined;
      },
      timeoutMs,
    );
  }

  #hear({ digest, decision }: { readonly digest: string; readonly decision: Decision }): Promise<"accept"> {
    const member = this.#epoch.members.find(({ index }) => index === decision.memberIndex);
    const key = fromHex(member?.identityKey ?? "", 32);
    const isOthers = decision.memberIndex !== this.#secrets.index;
    if (isOthers && verifyDecision(this.#networkId, fromHex(digest, 32), decision, key, verifyEd25519)) {
      const known = this.#decisions.get(digest) ?? new Map<number, Decision>();
      this.#decisions.set(digest, known.set(decision.memberIndex, decision));
    }
    return Promise.resolve("accept");
  }
}
