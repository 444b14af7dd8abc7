import { readFileSync } from "node:fs";
import { DomainError, tipHourView } from "@comity/protocol";
import {
  decodeReceipt,
  isGuilt,
  judgeGateway,
  type LedgerHour,
  type TipReceipt,
  type TipVerdict,
  verifyReceipt,
} from "@comity/tip";
import { CliError } from "../cliError.ts";
import type { Terminal } from "../terminal.ts";
import { readHolders, readHour, type TipNetwork } from "../tip/tipGateway.ts";
import { findTipNetwork, hasLedgerOf, type TipNetworkOptions } from "../tip/tipNetwork.ts";
import { asOfficer, findNetwork, firstMember } from "./network.ts";

/** 0 kept, 1 not, 2 it cannot be said yet. */
const exitCodeOf: Readonly<Record<TipVerdict, number>> = {
  kept: 0,
  dropped: 1,
  "root-missing": 1,
  withheld: 1,
  pending: 2,
};

const sentences: Readonly<Record<TipVerdict, string>> = {
  kept: "Kept: the tip is among the leaves of its hour, and their root is on the ledger.",
  dropped:
    "Dropped: the leaves that the gateway published give the ledger's root, and the tip is not among them. With the receipt that proves the gateway guilty.",
  "root-missing":
    "Dropped: the time to file the root of this hour is over, and there is none. With the receipt that proves the gateway guilty.",
  withheld:
    "Withheld: the ledger has a root of this hour, and the gateway publishes no leaves that give it. Suspicious, but no proof.",
  pending:
    "Not to be said yet: the hour's root is not on the ledger, and there is still time to file it. Ask again.",
};

/** Judges a gateway by its receipt, the leaves that it published, and the ledger. Gives the exit code. */
export async function checkReceipt(file: string, options: TipNetworkOptions, out: Terminal): Promise<number> {
  const receipt = readReceipt(file);
  const network = await findTipNetwork(options);
  verifyReceipt(receipt, network);
  const hour = await readHour(network, receipt.tipHour);
  const isOwnView = hasLedgerOf(network, options.dataDir);
  const ledger = isOwnView ? await askLedger(options.dataDir, receipt) : hour?.ledger;
  const verdict = judgeGateway(receipt, ledger ?? { root: null, closed: false }, hour?.list);
  const holders = await holdersOf(network, receipt);
  const value = {
    ...{ verdict, guilty: isGuilt(verdict), cellHash: receipt.cellHash, tipHour: receipt.tipHour },
    ...{ gatewayOf: receipt.memberId, root: ledger?.root ?? null, ledgerAsked: isOwnView, holders },
  };
  out.result(value, [
    sentences[verdict],
    holders.length === 0
      ? "No certificate: too few members have signed that they hold it, or the gateway does not give it out."
      : `Stored by ${holders.join(", ")}, as their signatures say.`,
    ...(isOwnView
      ? []
      : [
          "What the ledger has is the gateway's word here: ask a member's ledger, with --data-dir, to prove it.",
        ]),
  ]);
  return exitCodeOf[verdict];
}

async function askLedger(dataDir: string, { memberId, tipHour }: TipReceipt): Promise<LedgerHour> {
  const found = findNetwork(dataDir);
  return asOfficer(found, firstMember(found), async (ledger) => {
    const answer = await ledger.evaluate("bounty:ReadHour", memberId, String(tipHour));
    return tipHourView(JSON.parse(Buffer.from(answer).toString()));
  });
}

/** A certificate that does not verify is none. */
async function holdersOf(network: TipNetwork, receipt: TipReceipt): Promise<string[]> {
  try {
    return (await readHolders(network, receipt))?.holders ?? [];
  } catch (error) {
    if (error instanceof DomainError && !(error instanceof CliError)) return [];
    throw error;
  }
}

function readReceipt(file: string): TipReceipt {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new CliError("FILE_UNREADABLE", `${file} cannot be read.`, { cause });
  }
  try {
    return decodeReceipt(trimmed(bytes));
  } catch (cause) {
    throw new CliError("DOCUMENT_WRONG", `${file} is no receipt for a tip.`, { cause });
  }
}

/** One that was copied from the page may have gained an end of line. */
function trimmed(bytes: Uint8Array): Uint8Array {
  return new TextEncoder().encode(new TextDecoder().decode(bytes).trim());
}
