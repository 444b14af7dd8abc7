import { existsSync, readFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { type ChaincodePackage, packageProgram } from "@comity/fabric";
import { type Decoded, integer, object, text } from "@comity/protocol";
import { CliError } from "../cliError.ts";
import type { Layout } from "./layout.ts";
import type { NetworkMember } from "./networkFile.ts";

/** A version of the chaincode, as its servers at all members are started. */
export interface Release {
  readonly version: number;
  /** Of the channel's definition that names it: each change of that counts. */
  readonly sequence: number;
  readonly package: ChaincodePackage;
  readonly packageFile: string;
  readonly programFile: string;
  /** Of a member's server. */
  readonly portOf: (member: NetworkMember) => number;
}

const committed = object({
  version: integer(1, 9_999),
  sequence: integer(1, 999_999),
  packageId: text(160),
});
export type CommittedRelease = Decoded<typeof committed>;

/** The one in force on the channel; undefined before the first. Written last, so that an interrupted deployment is taken up where it was. */
export function readCommitted(layout: Layout): CommittedRelease | undefined {
  const { committedRelease } = layout;
  if (!existsSync(committedRelease)) return undefined;
  try {
    return committed(JSON.parse(readFileSync(committedRelease, "utf8")));
  } catch (cause) {
    throw new CliError("DATA_DIR_DAMAGED", `${committedRelease} does not say which chaincode is in force.`, {
      cause,
    });
  }
}

export async function writeCommitted(layout: Layout, release: Release): Promise<void> {
  const {
    version,
    sequence,
    package: { id: packageId },
  } = release;
  const draft = `${layout.committedRelease}.new`;
  await writeFile(draft, `${JSON.stringify({ version, sequence, packageId })}\n`);
  await rename(draft, layout.committedRelease);
}

/** Writes the package that stands for a program, for its servers and its peers. */
export async function prepareRelease(
  layout: Layout,
  genesis: string,
  wanted: Omit<Release, "package" | "packageFile">,
): Promise<Release> {
  const chaincode = await packageProgram(wanted.programFile, { version: wanted.version, genesis });
  const packageFile = layout.chaincodePackage(wanted.version);
  await writeFile(packageFile, chaincode.bytes);
  return { ...wanted, package: chaincode, packageFile };
}
