import type { ProcessEvent } from "./child.ts";
import { states } from "./states.ts";

/** Says what happens, one sentence a thing: what four nodes report alike is said once, what only programs care about not at all. */
export class Narrator {
  readonly #said = new Set<string>();
  readonly #rounds = new AlertRounds();

  tell(process: string, event: ProcessEvent): string | undefined {
    const own = ofOne.get(event.event)?.(whose(process), event);
    const common = ofAll.get(event.event)?.(event);
    const again = this.#rounds.see(event);
    if (again !== undefined) return this.#once(again.sentence);
    return own ?? this.#once(common);
  }

  #once(sentence: string | undefined): string | undefined {
    if (sentence === undefined || this.#said.has(sentence)) return undefined;
    this.#said.add(sentence);
    return sentence;
  }
}

/** The first alert about a site is told step by step; of those that replace it, as evidence comes in, only that they do. */
class AlertRounds {
  /** The digest of the first proposal about each site. */
  readonly #first = new Map<string, string>();
  /** The site of each later proposal, by digest, and of each later alert, by id. */
  readonly #later = new Map<string, string>();

  /** What to say instead, which may be nothing, in a round that is not the first about its site. */
  see(event: ProcessEvent): { sentence: string | undefined } | undefined {
    const [digest, alertId] = [text(event, "digest"), text(event, "alertId")];
    if (event.event === "alert-proposed") this.#propose(digest, siteOf(event));
    const isFiled = event.event === "alert-filed";
    const site = this.#later.get(isFiled ? alertId : digest);
    if (site === undefined) return undefined;
    if (isFiled)
      return { sentence: `More evidence about ${site}: alert ${short(alertId)} replaces the one before.` };
    if (event.event === "alert-signed") this.#later.set(alertId, site);
    return { sentence: undefined };
  }

  #propose(digest: string, site: string): void {
    const first = this.#first.get(site);
    if (first === undefined) this.#first.set(site, digest);
    else if (first !== digest) this.#later.set(digest, site);
  }
}

/** Things that happen in one process. */
const ofOne = new Map<string, (who: string, event: ProcessEvent) => string | undefined>(
  Object.entries({
    ready: (who) => (/attester|chaincode|orderer|peer/.test(who) ? undefined : `${who} is up.`),
    "process-died": (who, event) => {
      const reason = event["signal"] === null ? `exit code ${text(event, "code")}` : text(event, "signal");
      const next =
        event["willRestart"] === true ? "it is started again" : "it is not started again: see its log";
      return `${who} died (${reason}); ${next}.`;
    },
    "process-stuck": (who) => `${who} answers, but stands still while others go on; it is started again.`,
    "alert-proposed": (who, event) => `${who} proposes an alert about ${siteOf(event)}.`,
    "decision-sent": (who, event) => {
      if (event["decision"] === "sign") return `${who} has appraised the evidence itself and signs.`;
      return `${who} refuses to sign (${text(event, "reason")}).`;
    },
    unreachable: (who) => `${who} cannot reach its node; it keeps its evidence until it can.`,
    "spool-full": (who) => `${who} has no more room for evidence; it keeps the oldest.`,
  }),
);

/** Things that happen to the coalition, whoever reports them. */
const ofAll = new Map<string, (event: ProcessEvent) => string | undefined>(
  Object.entries({
    "network-created": (event) =>
      `A new coalition: keys and certificates are drawn; its genesis fingerprint is ${text(event, "genesis")}.`,
    "network-reopened": (event) => `The coalition ${text(event, "genesis")} goes on where it stopped.`,
    "ledger-founded": (event) =>
      event["engine"] === "fabric"
        ? "The ledger holds the genesis record. It is Hyperledger Fabric: each member orders, endorses and keeps it."
        : "The ledger holds the genesis record. It is the embedded one: one process with all keys, for evaluation only.",
    "key-phase": (event) => keyPhases.get(text(event, "phase")),
    "key-dealer-accused": (event) => `Member ${text(event, "dealer")} dealt false shares and is excluded.`,
    "key-active": (event) =>
      `The group key of epoch ${text(event, "keyEpoch")} is in force: no member holds it, enough of them together can sign.`,
    "alert-signed": (event) => `The alert ${short(text(event, "alertId"))} has its group signature.`,
    "alert-filed": (event) => `The ledger has verified and taken alert ${short(text(event, "alertId"))}.`,
    "duty-filed": (event) =>
      event["kind"] === "digest"
        ? undefined
        : `The ledger has verified the coalition's signature and publishes the ${text(event, "kind")}.`,
    "duty-contradicted": (event) =>
      `Member ${text(event, "memberIndex")} has signed something else about ${text(event, "slot")} than the ledger says.`,
    "proposal-refused": (event) => `Proposal ${short(text(event, "digest"))} is refused by too many.`,
    "proposal-expired": (event) => `Proposal ${short(text(event, "digest"))} has expired.`,
  }),
);

const keyPhases = new Map(
  Object.entries({
    accept: "The members generate a key together, on the ledger: each registers an encryption key.",
    deal: "Each member deals shares of a secret of its own; the ledger checks what is public of them.",
    confirm: "The members confirm the key with partial signatures.",
    sign: "The key can no longer be given up; the members sign its record.",
    aborted: "This attempt at a key is given up; another begins.",
  }),
);

/** `node-xa` is "Aldermark's node", `attester-northlight-harbour` "The attester of northlight-harbour". */
function whose(process: string): string {
  const [, kind = process, rest = ""] = /^([a-z]+)-(.+)$/.exec(process) ?? [];
  const state = states.find(({ memberId }) => memberId === rest);
  if (state !== undefined) return `${state.name}'s ${kind}`;
  return rest === "" ? `The ${kind}` : `The ${kind} of ${rest}`;
}

function short(hash: string): string {
  return `${hash.slice(0, 12)}…`;
}

function siteOf(event: ProcessEvent): string {
  const { subject } = event;
  if (typeof subject === "object" && subject !== null && "siteId" in subject) return String(subject.siteId);
  return "a site";
}

function text(event: ProcessEvent, key: string): string {
  const value = event[key];
  return typeof value === "string" || typeof value === "number" ? String(value) : "?";
}
