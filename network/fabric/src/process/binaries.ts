import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { FabricError } from "../fabricError.ts";

export const binaryNames = ["peer", "orderer", "configtxgen", "osnadmin", "configtxlator"] as const;
export type BinaryName = (typeof binaryNames)[number];

/** Absolute paths. */
export type Binaries = Readonly<Record<BinaryName, string>>;

export interface SearchPath {
  /** One folder, before all others. */
  readonly FABRIC_BIN?: string | undefined;
  readonly PATH?: string | undefined;
}

/** 3.0 has a deadlock in the orderer under load. */
const oldest = [3, 1, 1] as const;

const howToGet =
  "Get them with Fabric's own installer, `curl -sSL https://raw.githubusercontent.com/hyperledger/fabric/main/scripts/install-fabric.sh | bash -s -- -f 3.1.5 binary`, " +
  "or out of its images docker.io/hyperledger/fabric-peer:3.1.5 and fabric-orderer:3.1.5, and set FABRIC_BIN to their folder.";

/**
 * Fabric's commands, where they are and new enough. A build that does not know its version (Fabric's sources compiled by hand) is taken.
 * @throws FabricError BINARY_MISSING with all that are missing; BINARY_OLD; BINARY_FAILED
 */
export async function findBinaries({ FABRIC_BIN, PATH = "" }: SearchPath): Promise<Binaries> {
  const folders = [FABRIC_BIN ?? "", ...PATH.split(delimiter)].filter((folder) => folder !== "");
  const found = await Promise.all(
    binaryNames.map(async (name) => [name, await find(name, folders)] as const),
  );
  const missing = found.filter(([, path]) => path === undefined).map(([name]) => name);
  if (missing.length > 0) {
    const where =
      FABRIC_BIN === undefined ? "PATH (FABRIC_BIN is not set)" : `FABRIC_BIN (${FABRIC_BIN}) and PATH`;
    throw new FabricError(
      "BINARY_MISSING",
      `A real network needs Fabric's commands ${binaryNames.join(", ")}; not found in ${where}: ${missing.join(", ")}. ${howToGet}`,
    );
  }
  const binaries = Object.fromEntries(found) as Record<BinaryName, string>;
  await Promise.all([refuseOld("peer", binaries.peer), refuseOld("orderer", binaries.orderer)]);
  return binaries;
}

async function find(name: string, folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function refuseOld(name: BinaryName, path: string): Promise<void> {
  const version = parseVersion(await output(path, ["version"]));
  if (version === undefined || compare(version, oldest) >= 0) return;
  throw new FabricError(
    "BINARY_OLD",
    `${path} is ${name} ${version.join(".")}; Comity needs ${oldest.join(".")} or later, since orderers of 3.0 stop under load. ${howToGet}`,
  );
}

/** From ` Version: v3.1.5` or ` Version: 3.1.5`; undefined for a build that says `latest`. */
export function parseVersion(text: string): readonly number[] | undefined {
  const match = /^\s*Version: v?(\d+)\.(\d+)\.(\d+)/m.exec(text);
  return match?.slice(1).map(Number);
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((part, i) => part !== b[i]);
  return at === -1 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

const execute = promisify(execFile);
const limitMs = 120_000;

/** What a command prints. @throws FabricError BINARY_FAILED with the last lines of what it says */
export async function output(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  try {
    const { stdout } = await execute(command, args, { env, timeout: limitMs, maxBuffer: 64 * 2 ** 20 });
    return stdout;
  } catch (cause) {
    const told = cause instanceof Error && "stderr" in cause ? String(cause.stderr) : String(cause);
    const last = told.trim().split("\n").slice(-3).join(" ").slice(-800);
    throw new FabricError("BINARY_FAILED", `${command} ${args.slice(0, 3).join(" ")} failed: ${last}`, {
      cause,
    });
  }
}

/** For steps that Fabric refuses the second time, so that whoever was interrupted can begin again. `done` matches how it says so. */
export async function unlessDone(done: RegExp, step: () => Promise<unknown>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (!(error instanceof FabricError && done.test(error.message))) throw error;
  }
}
