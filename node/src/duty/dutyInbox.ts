import {
  type BlsVerifier,
  dutySlot,
  type DutyMessage,
  type Ed25519Verify,
  type NetworkId,
  topics,
} from "@comity/protocol";
import type { GossipNetwork, Verdict } from "../gossip/network.ts";
import type { PartLog } from "../telemetry/log.ts";
import { AttemptLimit } from "../signing/attemptLimit.ts";
import { decoded } from "../signing/messages.ts";
import type { NodeEvent } from "../telemetry/events.ts";
import { judgeDuty } from "./dutyRules.ts";
import type { DutyTable, OpenDuty } from "./dutyTable.ts";
import type { DutyLedger } from "./ports.ts";

export interface DutyInboxDeps {
  readonly network: Pick<GossipNetwork, "onMessage">;
  readonly ledger: Pick<DutyLedger, "currentEpoch">;
  readonly table: DutyTable;
  readonly verify: Ed25519Verify;
  readonly bls: BlsVerifier;
  readonly log: PartLog;
  readonly emit: (event: NodeEvent) => void;
  /** Called when a part was added that counts. */
  readonly onPart: (open: OpenDuty) => void;
}

const MAX_BAD_MESSAGES = 4;

/** The other members' parts of what is to be signed. A statement is never taken from a message: it must be the one that this node made. */
export class DutyInbox {
  readonly #networkId: NetworkId;
  readonly #deps: DutyInboxDeps;
  readonly #attempts = new AttemptLimit(MAX_BAD_MESSAGES);

  constructor(options: { readonly networkId: NetworkId }, deps: DutyInboxDeps) {
    this.#networkId = options.networkId;
    this.#deps = deps;
  }

  listen(): void {
    this.#deps.network.onMessage("duty", (bytes, from) => Promise.resolve(this.#judge(bytes, from)));
  }

  /** Bad messages about what is over no longer count. */
  forget(digest: string): void {
    this.#attempts.forget(digest);
  }

  #judge(bytes: Uint8Array, from: number): Verdict {
    const message = decoded(() => topics.duty.decode(bytes));
    // [REJECT] no duty.
    if (!message) return "reject";
    // [IGNORE] another epoch: ours or theirs is not the newest.
    if (message.keyEpoch !== this.#deps.ledger.currentEpoch()?.keyEpoch) return "ignore";
    const open = this.#deps.table.find({ kind: message.kind, slot: dutySlot(message.statement) });
    const { memberIndex } = message.decision;
    // [IGNORE] nothing that is to be signed, as far as this node has followed the ledger; it is said again. Or known.
    if (!open || open.parts.has(memberIndex)) return "ignore";
    // [IGNORE] of or from a member that has sent too many bad ones.
    if ([from, memberIndex].some((member) => this.#attempts.isExhausted(open.digest, member)))
      return "ignore";
    return this.#judgeSigned(message, open, from);
  }

  #judgeSigned(message: DutyMessage, open: OpenDuty, from: number): Verdict {
    const { memberIndex } = message.decision;
    const rules = { networkId: this.#networkId, verify: this.#deps.verify, bls: this.#deps.bls };
    const { verdict, blame, isContradiction } = judgeDuty(message, open.digest, open.epoch, rules);
    if (verdict === "accept") {
      open.parts.set(memberIndex, message);
      this.#deps.onPart(open);
      return verdict;
    }
    this.#attempts.charge(open.digest, blame === "author" ? memberIndex : from);
    if (isContradiction) this.#tell(message, open);
    return verdict;
  }

  #tell({ decision: { memberIndex } }: DutyMessage, { duty: { kind, slot } }: OpenDuty): void {
    this.#deps.log.warn("a member signed something else than this node would", { kind, slot, memberIndex });
    this.#deps.emit({ event: "duty-contradicted", kind, slot, memberIndex });
  }
}
