import { part } from "../element.ts";
import { moment, plural } from "../format.ts";
import { type NetworkKnown, Shell } from "../shell.ts";
import { VerifierClient } from "../verifierClient.ts";
import {
  brokenVerdict,
  checkingVerdict,
  fingerprintOf,
  networkVerdict,
  type TrustVerdict,
  verifiedVerdict,
} from "../view/trust.ts";
import { RegistryBoard, type RegistryBoardOptions } from "./registryBoard.ts";
import type { ListState } from "./signedList.ts";
import type { RegistryDocument, VerifiedList } from "./verdict.ts";

/** Puts a page together that shows one registry. */
export function startRegistryPage<D extends RegistryDocument, L>(options: RegistryBoardOptions<D, L>): void {
  const board = new RegistryBoard(options, {
    list: part("entry-list"),
    found: part("found"),
    verifier: new VerifierClient("/verifier.js"),
    onChange: () => shell.showTrust(),
  });
  const shell: Shell = new Shell({
    anchorTo: (anchor) => board.anchorTo(anchor),
    refresh: [() => board.refresh()],
    showCoalition: (_, genesis) => board.nameMembers(genesis),
    trust: (known) => registryTrust(known, board, options.kind.words),
  });
  const field = part("search-field");
  part("search").addEventListener("submit", (event) => event.preventDefault());
  field.addEventListener("input", () => {
    if (field instanceof HTMLInputElement) board.search(field.value);
  });
  shell.start();
}

type Words = readonly [singular: string, plural: string];

function registryTrust(known: NetworkKnown, board: Judged, words: Words): TrustVerdict {
  const { state } = board;
  const unfit = networkVerdict(known);
  if (unfit) return unfit;
  if (state === "unsigned") return unsignedVerdict(words[1]);
  if (typeof state === "string" || known.genesis === undefined) return checkingVerdict;
  if (!state.isVerified) return brokenVerdict("The list does not hold. The reason is below.");
  const broken = board.brokenCount();
  if (broken === 0) return wholeVerdict(known, state, words);
  const contradictions = plural(broken, "entry does", "entries do");
  return brokenVerdict(`${contradictions} not hold. The reasons are below.`);
}

interface Judged {
  readonly state: ListState;
  brokenCount(): number;
}

function unsignedVerdict(many: string): TrustVerdict {
  const text = `As this gateway says, the coalition has not signed its list of ${many} yet. Until it has, nothing here can be verified.`;
  return { kind: "checking", title: "Nothing is signed yet", text };
}

function wholeVerdict(known: NetworkKnown, { digest }: VerifiedList, [one, many]: Words): TrustVerdict {
  const { height, timeMs } = digest.ledger;
  const whole = `Your browser hashed the whole list against your fingerprint ${fingerprintOf(known)}: nothing of it is hidden, changed or made up.`;
  const when = `It is as of block ${height}, ${moment(timeMs)}. A gateway could still show you a list that has been replaced since; if that matters, compare the block with another gateway's.`;
  return verifiedVerdict(`${plural(digest.size, one, many)}, signed by the coalition`, `${whole} ${when}`);
}
