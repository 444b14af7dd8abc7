import { gunzipSync } from "node:zlib";
import { decodeRelease, DomainError, type Release, sha256, toHex } from "@comity/protocol";
import { parseTar } from "nanotar";

export type ReleaseErrorCode = "RELEASE_PACKAGE" | "RELEASE_PROGRAM" | "RELEASE_NETWORK";

export class ReleaseError extends DomainError<ReleaseErrorCode> {}

export interface ServedRelease {
  /** The package's name on the peer, `label:sha256`. */
  readonly chaincodeId: string;
  readonly packageBytes: Uint8Array;
  /** Of the file that runs. */
  readonly programBytes: Uint8Array;
  readonly genesis: string;
}

/** A package has three files of a few hundred bytes. */
const maxBytes = 2 ** 20;

/**
 * Refuses to serve anything but what the members approved: the peer's package, by its hash, names the program, by its hash, and the network.
 * @throws ReleaseError
 */
export function assertRelease({ chaincodeId, packageBytes, programBytes, genesis }: ServedRelease): void {
  if (!chaincodeId.endsWith(`:${toHex(sha256(packageBytes))}`)) {
    throw new ReleaseError("RELEASE_PACKAGE", `this is not the package that the peer calls ${chaincodeId}`);
  }
  const release = releaseIn(packageBytes);
  const program = toHex(sha256(programBytes));
  if (program !== release.bundle) {
    const wanted = `the approved program has the SHA-256 ${release.bundle}`;
    throw new ReleaseError("RELEASE_PROGRAM", `${wanted}, and this one has ${program}`);
  }
  if (genesis !== release.genesis) {
    const wanted = `the approved program serves the network ${release.genesis}`;
    throw new ReleaseError("RELEASE_NETWORK", `${wanted}, and this process is told ${genesis}`);
  }
}

function releaseIn(packageBytes: Uint8Array): Release {
  try {
    const code = fileIn(packageBytes, "code.tar.gz");
    return decodeRelease(JSON.parse(Buffer.from(fileIn(code, "release.json")).toString()));
  } catch (cause) {
    throw new ReleaseError("RELEASE_PACKAGE", "the package says nothing of the program that it stands for", {
      cause,
    });
  }
}

function fileIn(archive: Uint8Array, name: string): Uint8Array {
  // A copy: the parser reads from the start of whatever memory the bytes lie in.
  const files = parseTar(Uint8Array.from(gunzipSync(archive, { maxOutputLength: maxBytes })));
  const data = files.find((file) => file.name === name)?.data;
  if (data === undefined) throw new Error(`${name} is missing`);
  return data;
}
