// A surety reads its bond from chaincode, with its own Fabric identity, through the members' gateways:
//
//     node network/ledger/dist/example/readBond.js .comity/sureties/harbour-vale/ledger.json 01J…
//
// The file says where the ledger is and with what the surety signs; `comity up` writes one like it for its local surety:
//
//     { "channel", "chaincode", "mspId", "certificateFile", "keyFile", "endpoints": [{ "address", "tlsRootFile" }] }
import { readFileSync } from "node:fs";
import { argv } from "node:process";
import { connectLedger, type LedgerOptions } from "@comity/ledger";
import { availableMinor, type BondDocument, bondDocument, list, object, text } from "@comity/protocol";

const path = text(4096);
const access = object({
  channel: text(80),
  chaincode: text(80),
  mspId: text(64),
  certificateFile: path,
  keyFile: path,
  endpoints: list(object({ address: text(300), tlsRootFile: path }), 64, 1),
});

const [accessFile = "", bondId = ""] = argv.slice(2);
const ledger = connectLedger(readAccess(accessFile));
try {
  const bytes = await ledger.evaluate("bond:Read", bondId);
  console.log(JSON.stringify(exposure(bondDocument(JSON.parse(Buffer.from(bytes).toString())))));
} finally {
  ledger.close();
}

function readAccess(file: string): LedgerOptions {
  const { channel, chaincode, mspId, ...files } = access(JSON.parse(readFileSync(file, "utf8")));
  const read = (name: string): string => readFileSync(name, "utf8");
  return {
    channel,
    chaincode,
    endpoints: files.endpoints.map(({ address, tlsRootFile }) => ({
      address,
      tlsRootPem: read(tlsRootFile),
    })),
    identity: { mspId, certificatePem: read(files.certificateFile), privateKeyPem: read(files.keyFile) },
  };
}

/** What an underwriter asks first. */
function exposure(bond: BondDocument) {
  const { bondId, status, penalMinor, encumberedMinor, forfeitedMinor, releasedMinor, openTriggers } = bond;
  const amounts = { penalMinor, encumberedMinor, forfeitedMinor, releasedMinor };
  return { bondId, status, ...amounts, availableMinor: availableMinor(bond).toString(), openTriggers };
}
