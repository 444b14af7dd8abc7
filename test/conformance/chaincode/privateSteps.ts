import { entriesOf, type Steps, text } from "./step.ts";

/** A private collection. Values come as transient data `value`, since arguments are on the ledger. */
export const privateSteps: Steps = {
  privatePut: (stub, [collection = "", key = ""]) =>
    stub
      .putPrivateData(collection, key, stub.getTransient().get("value") ?? Buffer.from(""))
      .then(() => null),
  privateGet: async (stub, [collection = "", key = ""]) => text(await stub.getPrivateData(collection, key)),
  privateHash: async (stub, [collection = "", key = ""]) =>
    Buffer.from(await stub.getPrivateDataHash(collection, key)).toString("hex"),
  privateDelete: (stub, [collection = "", key = ""]) =>
    stub.deletePrivateData(collection, key).then(() => null),
  privatePurge: (stub, [collection = "", key = ""]) =>
    stub.purgePrivateData(collection, key).then(() => null),
  privateRange: (stub, [collection = "", start = "", end = ""]) =>
    entriesOf(stub.getPrivateDataByRange(collection, start, end)),
  privatePartial: async (stub, [collection = "", type = "", ...attributes]) => {
    const query = stub.getPrivateDataByPartialCompositeKey(collection, type, attributes);
    return (await entriesOf(query)).map(([key]) => stub.splitCompositeKey(key).attributes);
  },
  privatePutComposite: (stub, [collection = "", type = "", ...attributes]) =>
    stub
      .putPrivateData(collection, stub.createCompositeKey(type, attributes), Buffer.from("v"))
      .then(() => null),
  privateRich: (stub, [collection = "", query = ""]) =>
    stub.getPrivateDataQueryResult(collection, query).then(() => null),
};
