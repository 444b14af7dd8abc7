// The least that a contract can do, as Fabric's own libraries have people write one: it keeps what it is given. Arguments: one JSON text.
import { readFileSync } from "node:fs";
import process from "node:process";
import { type Context, Contract, JSONSerializer } from "fabric-contract-api";
import shim from "fabric-shim";
import ChaincodeFromContract from "fabric-shim/lib/contract-spi/chaincodefromcontract.js";

export interface YardstickSettings {
  readonly address: string;
  /** The package's. */
  readonly ccid: string;
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly clientRootFile: string;
}

class Yardstick extends Contract {
  async put({ stub }: Context, key: string, value: string): Promise<void> {
    await stub.putState(key, Buffer.from(value));
  }
}

const { address, ccid, ...files } = JSON.parse(process.argv[2] ?? "{}") as YardstickSettings;
const serializers = { transaction: "jsonSerializer", serializers: { jsonSerializer: JSONSerializer } };
const chaincode = new ChaincodeFromContract([Yardstick], serializers, {}, "yardstick", "");
const tlsProps = {
  cert: readFileSync(files.certificateFile),
  key: readFileSync(files.keyFile),
  clientCACerts: readFileSync(files.clientRootFile),
};
await shim.Shim.server(chaincode, { address, ccid, tlsProps }).start();
