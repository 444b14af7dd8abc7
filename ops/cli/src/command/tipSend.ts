import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { TipReceipt } from "@comity/tip";
import { CliError } from "../cliError.ts";
import type { Terminal } from "../terminal.ts";
import { readText, sealFor } from "../tip/seal.ts";
import { leaveTip, readHolders, type TipNetwork } from "../tip/tipGateway.ts";
import { findTipNetwork, type TipNetworkOptions } from "../tip/tipNetwork.ts";

export interface SealOptions extends TipNetworkOptions {
  /** Members, separated by commas. */
  readonly to?: string;
}

export interface SendOptions extends SealOptions {
  /** Where the receipt is written. */
  readonly receipt?: string;
}

/** For the certificate; on a healthy network it is there at once. */
const patienceMs = 10_000;
const askAgainMs = 200;

export const notYetProtected = [
  "Not protected yet: there is no relay and no onion service, so the gateway's machine sees the address that you connect from, and you have only",
  "its word that it keeps it nowhere. There is no mailbox, so nobody can answer. There are no attachments, and nothing removes what the text",
  "itself gives away. If being found out could harm you, do not send from a network or a device that is tied to you.",
];

/** Seals a file's text into a cell, for the gateway's form or for later. */
export async function sealFile(file: string, to: string, options: SealOptions, out: Terminal): Promise<void> {
  const text = readText(file);
  const network = await findTipNetwork(options);
  const { cell, cellHash, members } = await sealFor(network, text, membersIn(options.to));
  write(to, cell);
  out.result({ cellHash, file: resolve(to), members, sizeBytes: cell.length }, [
    `Sealed into ${to}: ${cell.length} bytes, whatever the text. Two of the case officers of ${members.join(", ")} open it together.`,
    ...notYetProtected,
  ]);
}

/** Seals a file's text and leaves it with a gateway. */
export async function sendFile(file: string, options: SendOptions, out: Terminal): Promise<void> {
  const text = readText(file);
  const network = await findTipNetwork(options);
  const { cell, cellHash, members } = await sealFor(network, text, membersIn(options.to));
  const { receipt, bytes } = await leaveTip(network, cell, cellHash);
  const receiptFile = resolve(options.receipt ?? `tip-${cellHash.slice(0, 12)}.receipt.json`);
  write(receiptFile, bytes);
  const holders = await awaitHolders(network, receipt);
  const value = {
    cellHash,
    tipHour: receipt.tipHour,
    members,
    receipt: receiptFile,
    holders: holders ?? null,
  };
  out.result(value, [
    `Sent. The tip is ${cellHash}; two of the case officers of ${members.join(", ")} open it together.`,
    holders === undefined
      ? "Too few members hold it as yet; `comity tip check` says when enough do."
      : `Stored by ${holders.join(", ")}: no single member can bury it any more.`,
    `Keep the receipt, ${receiptFile}; check it when the hour is over:`,
    `  comity tip check ${receiptFile}${options.gateway === undefined ? "" : ` --gateway ${options.gateway} --genesis ${network.networkId}`}`,
    ...notYetProtected,
  ]);
}

/** Waits for a certificate that verifies; undefined where none comes in good time. */
export async function awaitHolders(network: TipNetwork, receipt: TipReceipt): Promise<string[] | undefined> {
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += askAgainMs) {
    const found = await readHolders(network, receipt);
    if (found !== undefined) return found.holders;
    await pause(askAgainMs);
  }
  return undefined;
}

function membersIn(to: string | undefined): string[] | undefined {
  return to?.split(",").map((id) => id.trim());
}

/** For its owner's eyes alone. */
function write(file: string, bytes: Uint8Array): void {
  try {
    writeFileSync(file, bytes, { mode: 0o600 });
  } catch (cause) {
    throw new CliError("FILE_UNWRITABLE", `${file} cannot be written.`, { cause });
  }
}
