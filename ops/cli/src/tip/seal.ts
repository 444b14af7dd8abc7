import { randomInt, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { fromHex, type TipOfficerRequest } from "@comity/protocol";
import { cellHashOf, MAX_TEXT_BYTES, sealTip } from "@comity/tip";
import { CliError } from "../cliError.ts";
import { readOfficers, type TipNetwork } from "./tipGateway.ts";

export interface SealedTip {
  readonly cell: Uint8Array;
  readonly cellHash: string;
  /** Members whose case officers can open it, two of them together. */
  readonly members: readonly string[];
}

/** Seals a text for three members' case officers: those that are named, or three by lot. */
export async function sealFor(
  network: TipNetwork,
  text: string,
  named: readonly string[] | undefined,
): Promise<SealedTip> {
  const officers = choose(await readOfficers(network), named);
  const cell = await sealTip({
    networkId: network.networkId,
    officers: officers.map(({ memberId, sealingKey }) => ({ memberId, sealingKey: fromHex(sealingKey) })),
    text,
    random: randomBytes,
  });
  return { cell, cellHash: cellHashOf(cell), members: officers.map(({ memberId }) => memberId) };
}

function choose(
  officers: readonly TipOfficerRequest[],
  named: readonly string[] | undefined,
): TipOfficerRequest[] {
  const known = officers.map(({ memberId }) => memberId).join(", ") || "none";
  const wanted =
    named === undefined ? drawn(officers) : officers.filter(({ memberId }) => named.includes(memberId));
  if (wanted.length === 3 && (named === undefined || named.length === 3)) return wanted;
  throw new CliError(
    "TIP_OFFICERS_FEW",
    `A tip is sealed for the case officers of three members; those with one are: ${known}. ` +
      "A member gets one by `comity tip officer --member ID`.",
  );
}

function drawn(officers: readonly TipOfficerRequest[]): TipOfficerRequest[] {
  const left = [...officers];
  const chosen: TipOfficerRequest[] = [];
  while (chosen.length < 3 && left.length > 0) chosen.push(...left.splice(randomInt(left.length), 1));
  return chosen;
}

/** The text of a file. A tip is words: what else a file may hold says too much about where it comes from. */
export function readText(file: string): string {
  const bytes = read(file);
  if (bytes.length === 0 || bytes.length > MAX_TEXT_BYTES) {
    throw new CliError(
      "DOCUMENT_WRONG",
      `A tip has 1 to ${MAX_TEXT_BYTES} bytes of text; ${file} has ${bytes.length}.`,
    );
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new CliError(
      "DOCUMENT_WRONG",
      `${file} is no plain text in UTF-8. Attachments cannot be sent yet.`,
      { cause },
    );
  }
}

function read(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new CliError("FILE_UNREADABLE", `${file} cannot be read.`, { cause });
  }
}
