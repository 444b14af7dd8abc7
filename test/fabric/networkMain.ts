import { serveControl } from "@comity/cli";
import { startRealNetwork } from "./realNetwork.ts";

// The program of `NetworkProcess`: it tells when all is ready, and ends on SIGTERM.
const [, , dataDir, parts] = process.argv;
const network = await startRealNetwork(dataDir, { ledgerOnly: parts === "ledger" });
const stopControl = await serveControl(network);
process.once("SIGTERM", () => {
  void stopControl()
    .then(() => network.close())
    .then(() => process.exit(0));
});
process.stdout.write("ready\n");
