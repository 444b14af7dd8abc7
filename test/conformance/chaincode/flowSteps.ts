import { env, exit } from "node:process";
import shim, { type ChaincodeStub } from "fabric-shim";
import { Reply, type Steps, text } from "./step.ts";

const memberOf = (): string => env["CORE_PEER_LOCALMSPID"] ?? "";

/** What surrounds the state: who asks, when, events, other chaincode, and everything that can go wrong. */
export const flowSteps: Steps = {
  member: memberOf,
  creator: (stub) => {
    const caller = new shim.ClientIdentity(stub);
    return { mspId: caller.getMSPID(), role: caller.getAttributeValue("comity.role") };
  },
  timestamp: (stub) => stub.getDateTimestamp().toISOString(),
  txId: (stub) => stub.getTxID(),
  channel: (stub) => stub.getChannelID(),
  binding: (stub) => stub.getBinding(),
  transient: (stub, [name = ""]) => text(stub.getTransient().get(name)),
  event: (stub, [name = "", payload = ""]) => {
    stub.setEvent(name, Buffer.from(payload));
    return null;
  },
  call: async (stub, [chaincode = "", channel = "", steps = "[]"]) => {
    const { status, message, payload } = (await stub.invokeChaincode(
      chaincode,
      ["run", steps],
      channel,
    )) as unknown as Called;
    return { status, message, payload: text(payload) };
  },
  fail: (_stub, [message = ""]) => {
    throw new Error(message);
  },
  reply: (_stub, [status = "0", message = "", payload = ""]) =>
    new Reply(Number(status), message, Buffer.from(payload)),
  bigReply: (_stub, [sizeBytes = "0"]) => "x".repeat(Number(sizeBytes)),
  /** The members that are named must not answer as the others do. */
  differ: (_stub, mspIds) => mspIds.includes(memberOf()),
  differIn: (stub: ChaincodeStub, [key = ""]) => stub.putState(key, Buffer.from(memberOf())).then(() => null),
  hangAt: (_stub, mspIds) => (mspIds.includes(memberOf()) ? new Promise(() => undefined) : null),
  exitAt: (_stub, mspIds) => (mspIds.includes(memberOf()) ? exit(1) : null),
};

interface Called {
  readonly status: number;
  readonly message: string;
  readonly payload: Uint8Array;
}
