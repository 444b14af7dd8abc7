import { readFileSync } from "node:fs";
import process from "node:process";
import { DomainError } from "@comity/protocol";
import { JSONSerializer } from "fabric-contract-api";
import { Shim } from "fabric-shim";
import ChaincodeFromContract from "fabric-shim/lib/contract-spi/chaincodefromcontract.js";
import { serverConfig, ServerConfigError } from "./config.ts";
import { networkOf, serveNetwork } from "./ledger/network.ts";
import { dropBeforeFormatting } from "./logging.ts";
import { assertRelease } from "./release.ts";

/**
 * The chaincode as a service: what `fabric-chaincode-node server` does, without its search for commands and packages, so that the whole can be one
 * file that members compare.
 */
async function main(): Promise<void> {
  const { address, chaincodeId, packageFile, genesisFile, ...files } = serverConfig();
  const network = networkOf(fileAt(genesisFile));
  const [packageBytes, programBytes] = [fileAt(packageFile), fileAt(__filename)];
  assertRelease({ chaincodeId, packageBytes, programBytes, genesis: network.id });
  serveNetwork(network);
  dropBeforeFormatting();
  const { contracts } = await import("./index.ts"); // late, since the library prints while it loads
  const serializers = {
    transaction: "jsonSerializer",
    serializers: { jsonSerializer: JSONSerializer },
  };
  const chaincode = new ChaincodeFromContract([...contracts], serializers, {}, "comity", "");
  const server = Shim.server(chaincode, {
    address,
    ccid: chaincodeId,
    tlsProps: {
      cert: fileAt(files.certificateFile),
      key: fileAt(files.keyFile),
      clientCACerts: fileAt(files.clientRootFile),
    },
  });
  await server.start();
  process.stdout.write(`${JSON.stringify({ event: "ready", address })}\n`);
}

/** @throws ServerConfigError CONFIG_FILE */
function fileAt(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const why = cause instanceof Error && "code" in cause ? String(cause.code) : "for no known reason";
    throw new ServerConfigError("CONFIG_FILE", `the file ${path} cannot be read (${why})`, { cause });
  }
}

main().catch((error: unknown) => {
  const code = error instanceof DomainError ? `${error.code}: ` : "";
  process.stderr.write(`${code}${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
