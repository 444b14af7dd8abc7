import shim, { type ChaincodeStub, type Iterators } from "fabric-shim";
import { entriesOf, type Steps, text } from "./step.ts";

/** The world state. */
export const stateSteps: Steps = {
  put: (stub, [key = "", value = ""]) => stub.putState(key, Buffer.from(value)).then(() => null),
  get: async (stub, [key = ""]) => text(await stub.getState(key)),
  delete: (stub, [key = ""]) => stub.deleteState(key).then(() => null),
  many: async (stub, [prefix = "", count = "0"]) => {
    for (let i = 0; i < Number(count); i++)
      await stub.putState(`${prefix}${String(i).padStart(3, "0")}`, Buffer.from("v"));
    return null;
  },
  big: (stub, [key = "", sizeBytes = "0"]) =>
    stub.putState(key, Buffer.alloc(Number(sizeBytes), 1)).then(() => null),
  range: (stub, [start = "", end = ""]) => entriesOf(stub.getStateByRange(start, end)),
  page: async (stub, [start = "", end = "", size = "0", bookmark = ""]) => {
    const query = stub.getStateByRangeWithPagination(start, end, Number(size), bookmark);
    const keys = (await entriesOf(query)).map(([key]) => key);
    return { keys, ...(await query).metadata };
  },
  putComposite: (stub, [type = "", ...attributes]) =>
    stub.putState(stub.createCompositeKey(type, attributes), Buffer.from("v")).then(() => null),
  partial: async (stub, [type = "", ...attributes]) => {
    const entries = await entriesOf(stub.getStateByPartialCompositeKey(type, attributes));
    return entries.map(([key]) => stub.splitCompositeKey(key));
  },
  partialPage: async (stub, [type = "", attribute = "", size = "0", bookmark = ""]) => {
    const query = stub.getStateByPartialCompositeKeyWithPagination(type, [attribute], Number(size), bookmark);
    const attributes = (await entriesOf(query)).map(([key]) => stub.splitCompositeKey(key).attributes);
    return { attributes, ...(await query).metadata };
  },
  history: async (stub, [key = ""]) => {
    const changes: unknown[] = [];
    for await (const { value, isDelete, txId } of historyOf(stub, key))
      changes.push({ value: text(value), isDelete, hasId: /^[0-9a-f]{64}$/.test(txId) });
    return changes;
  },
  rich: (stub, [query = ""]) => stub.getQueryResult(query).then(() => null),
  /** From now on the key needs all of these members' endorsements. */
  setPolicy: (stub, [key = "", ...mspIds]) => {
    const policy = new shim.KeyEndorsementPolicy();
    policy.addOrgs("PEER", ...mspIds);
    return stub.setStateValidationParameter(key, policy.getPolicy()).then(() => null);
  },
  getPolicy: async (stub, [key = ""]) => {
    const bytes = (await stub.getStateValidationParameter(key)) as Uint8Array | undefined;
    if (bytes === undefined || bytes.length === 0) return [];
    return new shim.KeyEndorsementPolicy(Buffer.from(bytes)).listOrgs().sort();
  },
};

/** fabric-shim's types leave out that this can be iterated, too. */
function historyOf(stub: ChaincodeStub, key: string): AsyncIterable<Iterators.KeyModification> {
  return stub.getHistoryForKey(key);
}
