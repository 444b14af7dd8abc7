// A chaincode process as a member runs one: unmodified fabric-shim in server mode, mutual TLS. Arguments: one JSON text.
import { readFileSync } from "node:fs";
import shim, { type ChaincodeStub } from "fabric-shim";

interface Arguments {
  readonly address: string;
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly clientRootFile: string;
}

type Method = (stub: ChaincodeStub, args: readonly string[]) => Promise<string> | string;

const methods: Readonly<Record<string, Method>> = {
  put: async (stub, [key = "", value = ""]) => {
    await stub.putState(key, Buffer.from(value));
    stub.setEvent("put", Buffer.from(key));
    return value;
  },
  get: async (stub, [key = ""]) => text(await stub.getState(key)),
  del: async (stub, [key = ""]) => {
    await stub.deleteState(key);
    return "";
  },
  add: async (stub, [key = "", amount = "0"]) => {
    const sum = Number(text(await stub.getState(key))) + Number(amount);
    await stub.putState(key, Buffer.from(String(sum)));
    return String(sum);
  },
  putThenGet: async (stub, [key = "", value = ""]) => {
    await stub.putState(key, Buffer.from(value));
    return text(await stub.getState(key));
  },
  range: async (stub, [start = "", end = ""]) => {
    const keys: string[] = [];
    for await (const { key } of stub.getStateByRange(start, end)) keys.push(key);
    return JSON.stringify(keys);
  },
  page: async (stub, [start = "", end = "", size = "10", bookmark = ""]) => {
    const keys: string[] = [];
    const query = stub.getStateByRangeWithPagination(start, end, Number(size), bookmark);
    for await (const { key } of query) keys.push(key);
    return JSON.stringify({ keys, ...(await query).metadata });
  },
  composite: async (stub, [type = "", attribute = ""]) => {
    const found: string[][] = [];
    for await (const { key } of stub.getStateByPartialCompositeKey(type, [attribute])) {
      found.push(stub.splitCompositeKey(key).attributes);
    }
    return JSON.stringify(found);
  },
  putComposite: async (stub, [type = "", ...attributes]) => {
    await stub.putState(stub.createCompositeKey(type, attributes), Buffer.from("x"));
    return "";
  },
  rangeThenPut: async (stub, [start = "", end = ""]) => {
    for await (const { key } of stub.getStateByRange(start, end))
      await stub.putState(key, Buffer.from("seen"));
    return "";
  },
  putThenRange: async (stub, [start = "", end = ""]) => {
    await stub.putState(start, Buffer.from("x"));
    for await (const { key } of stub.getStateByRange(start, end)) return key;
    return "";
  },
  rangeAndPut: async (stub, [start = "", end = "", key = ""]) => {
    let count = 0;
    for await (const { value } of stub.getStateByRange(start, end)) count += Math.min(value.length, 1);
    await stub.putState(key, Buffer.from(String(count)));
    return String(count);
  },
  pageThenPut: async (stub, [start = "", end = ""]) => {
    for await (const { key } of stub.getStateByRangeWithPagination(start, end, 3)) text(Buffer.from(key));
    await stub.putState(start, Buffer.from("x"));
    return "";
  },
  putThenPage: async (stub, [start = "", end = ""]) => {
    await stub.putState(start, Buffer.from("x"));
    for await (const { key } of stub.getStateByRangeWithPagination(start, end, 3)) return key;
    return "";
  },
  fail: (_stub, [message = ""]) => {
    throw new Error(message);
  },
  differ: async (stub, [key = ""]) => {
    await stub.putState(key, Buffer.from(String(process.pid)));
    return "";
  },
  hang: (_stub, [mspId = ""]) =>
    process.env["CORE_PEER_LOCALMSPID"] === mspId ? new Promise(() => undefined) : "up",
  exit: (_stub, [mspId = ""]) => (process.env["CORE_PEER_LOCALMSPID"] === mspId ? process.exit(1) : "up"),
  memberOf: () => process.env["CORE_PEER_LOCALMSPID"] ?? "",
  role: (stub) => new shim.ClientIdentity(stub).getAttributeValue("comity.role") ?? "",
  putTransient: async (stub, [key = ""]) => {
    const value = stub.getTransient().get("value") ?? new Uint8Array();
    await stub.putState(key, Buffer.from(String(value.length)));
    return "";
  },
  history: async (stub, [key = ""]) => {
    const found: object[] = [];
    for await (const { txId, timestamp, value, isDelete } of stub.getHistoryForKey(key)) {
      found.push({ txId, seconds: timestamp.seconds, value: text(value), isDelete });
    }
    return JSON.stringify(found);
  },
  rich: async (stub) => {
    await stub.getQueryResult("{}");
    return "";
  },
  putPrivate: async (stub, [collection = "", key = "", value = ""]) => {
    await stub.putPrivateData(collection, key, Buffer.from(value));
    return "";
  },
  putSecret: async (stub, [collection = "", key = ""]) => {
    await stub.putPrivateData(collection, key, stub.getTransient().get("value") ?? new Uint8Array());
    return "";
  },
  getPrivate: async (stub, [collection = "", key = ""]) => text(await stub.getPrivateData(collection, key)),
  hashPrivate: async (stub, [collection = "", key = ""]) =>
    Buffer.from(await stub.getPrivateDataHash(collection, key)).toString("hex"),
  delPrivate: async (stub, [collection = "", key = ""]) => {
    await stub.deletePrivateData(collection, key);
    return "";
  },
  purgePrivate: async (stub, [collection = "", key = ""]) => {
    await stub.purgePrivateData(collection, key);
    return "";
  },
  addPrivate: async (stub, [collection = "", key = "", amount = "0"]) => {
    const sum = Number(text(await stub.getPrivateData(collection, key))) + Number(amount);
    await stub.putPrivateData(collection, key, Buffer.from(String(sum)));
    return String(sum);
  },
  rangePrivate: async (stub, [collection = "", start = "", end = ""]) => {
    const keys: string[] = [];
    for await (const { key } of stub.getPrivateDataByRange(collection, start, end)) keys.push(key);
    return JSON.stringify(keys);
  },
  rangePrivateThenPut: async (stub, [collection = "", key = ""]) => {
    for await (const found of stub.getPrivateDataByRange(collection, "", "")) text(found.value);
    await stub.putState(key, Buffer.from("x"));
    return "";
  },
  putThenRangePrivate: async (stub, [collection = "", key = ""]) => {
    await stub.putState(key, Buffer.from("x"));
    for await (const found of stub.getPrivateDataByRange(collection, "", "")) return found.key;
    return "";
  },
  policy: async (stub, [key = ""]) => {
    await stub.setStateValidationParameter(key, Buffer.from("x"));
    return "";
  },
  policyOf: async (stub, [key = ""]) => text(await stub.getStateValidationParameter(key)) || "none",
  policyOfThenPut: async (stub, [key = "", other = ""]) => {
    await stub.getStateValidationParameter(key);
    await stub.putState(other, Buffer.from("x"));
    return "";
  },
  privatePolicy: async (stub, [collection = "", key = ""]) => {
    await stub.setPrivateDataValidationParameter(collection, key, Buffer.from("x"));
    return "";
  },
  privatePolicyOf: async (stub, [collection = "", key = ""]) =>
    text(await stub.getPrivateDataValidationParameter(collection, key)) || "none",
  call: async (stub, [name = "", ...args]) => {
    const { status, message, payload } = await stub.invokeChaincode(name, args, "");
    return JSON.stringify({ status, message, payload: text(payload) });
  },
  callOn: async (stub, [chosen = "", name = ""]) => {
    await stub.invokeChaincode(name, ["get", "a"], chosen);
    return "";
  },
  putBoth: async (stub, [name = "", key = "", value = ""]) => {
    await stub.putState(key, Buffer.from(`own ${value}`));
    const { payload } = await stub.invokeChaincode(name, ["putThenGet", key, value], "");
    return text(payload);
  },
};

const chaincode = {
  Init: () => Promise.resolve(shim.success()),
  async Invoke(stub: ChaincodeStub) {
    const { fcn, params } = stub.getFunctionAndParameters();
    try {
      const method = methods[fcn];
      if (method === undefined) throw new Error(`no method ${fcn}`);
      return shim.success(Buffer.from(await method(stub, params)));
    } catch (error) {
      return shim.error(error instanceof Error ? error.message : String(error));
    }
  },
};

function text(bytes: Uint8Array = new Uint8Array()): string {
  return Buffer.from(bytes).toString();
}

const settings = JSON.parse(process.argv[2] ?? "{}") as Arguments;
// fabric-shim's types leave out its server mode.
type Serve = (chaincode: object, options: object) => { start(): Promise<void> };
const { server } = shim as unknown as { server: Serve };
await server(chaincode, {
  ccid: "comity:test",
  address: settings.address,
  tlsProps: {
    cert: readFileSync(settings.certificateFile),
    key: readFileSync(settings.keyFile),
    clientCACerts: readFileSync(settings.clientRootFile),
  },
}).start();
process.stdout.write("ready\n");
