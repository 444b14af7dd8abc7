import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { type ChaincodePackage, packageProgram } from "@comity/fabric";
import { type Decoded, integer, object, text } from "@comity/protocol";
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
  try {
    return committed(JSON.parse(readFileSync(layout.committedRelease, "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

export async function writeCommitted(layout: Layout, release: Release): Promise<void> {
  const {
    version,
    sequence,
    package: { id: packageId },
  } = release;
  await writeFile(layout.committedRelease, `${JSON.stringify({ version, sequence, packageId })}\n`);
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
