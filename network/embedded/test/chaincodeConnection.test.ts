import assert from "node:assert/strict";
import { createAuthority } from "@comity/fabric";
import { credentials, Server, ServerCredentials, type ServerDuplexStream } from "@grpc/grpc-js";
import { peer } from "@hyperledger/fabric-protos";
import { ChaincodeConnection } from "../src/chaincode/chaincodeConnection.ts";
import type { Simulation } from "../src/chaincode/simulation.ts";
import { ChaincodeSupport } from "../src/chaincode/chaincodeSupport.ts";
import type { TransactionContext } from "../src/chaincode/transactionContext.ts";
import { silentLogger } from "../src/index.ts";
import { WireError } from "../src/wire/decode.ts";
import { unpackProposal } from "../src/wire/proposal.ts";
import { identityOf } from "./clientIdentity.ts";
import { makeProposal } from "./handmade.ts";

const { Type } = peer.ChaincodeMessage;
type Stream = ServerDuplexStream<peer.ChaincodeMessage, peer.ChaincodeMessage>;

const garbage = Buffer.from("ffffff", "hex");

/** A chaincode process that says what the unmodified shim never would. */
describe("ChaincodeConnection", () => {
  let server: Server;
  let connect: () => ChaincodeConnection;
  let connection: ChaincodeConnection;
  let talk: (stream: Stream) => void;

  beforeEach(async () => {
    server = new Server();
    server.addService(peer.ChaincodeService, { connect: (stream: Stream) => talk(stream) });
    const bound = Promise.withResolvers<number>();
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error === null ? bound.resolve(port) : bound.reject(error),
    );
    const address = `127.0.0.1:${await bound.promise}`;
    connect = () => new ChaincodeConnection(address, credentials.createInsecure(), silentLogger);
  });
  afterEach(() => {
    connection.close();
    server.forceShutdown();
  });

  it("ends at a registration that is no message, and at nothing else", async () => {
    talk = (stream) => stream.write(message(Type.REGISTER, garbage));
    connection = connect();

    await assert.rejects(connection.registered(), (e) => e instanceof WireError);

    assert.equal(connection.isOpen, false);
  });

  it("fails one transaction at a result that is no message, and stays open", async () => {
    talk = (stream) => {
      stream.write(message(Type.REGISTER, named("test")));
      stream.on("data", (received: peer.ChaincodeMessage) => {
        if (received.getType() !== Type.TRANSACTION) return;
        stream.write(message(Type.COMPLETED, garbage, received.getTxid()));
      });
    };
    connection = connect();
    await connection.registered();
    const authority = await createAuthority({ mspId: "A", organisation: "A", now: () => Date.now() });
    const alice = identityOf("A", await authority.issue({ commonName: "alice", ou: "client" }));
    const proposal = unpackProposal(makeProposal(alice, ["put"]).signed);

    const launcher = { invoke: (context: TransactionContext) => connection.execute(context, 2000) };
    const support = new ChaincodeSupport({
      launchers: new Map([["test", launcher]]),
      querySystem: () => assert.fail("the chaincode asks for nothing"),
    });
    const executed = support.execute(proposal, {} as unknown as Simulation);

    await assert.rejects(executed, /^Error: failed to unmarshal response for transaction [0-9a-f]{64}: /);
    assert.equal(connection.isOpen, true);
  });
});

type MessageType = Parameters<peer.ChaincodeMessage["setType"]>[0];

function message(type: MessageType, payload: Uint8Array, txId = ""): peer.ChaincodeMessage {
  const made = new peer.ChaincodeMessage();
  made.setType(type);
  made.setPayload(payload);
  made.setTxid(txId);
  return made;
}

function named(name: string): Uint8Array {
  const id = new peer.ChaincodeID();
  id.setName(name);
  return id.serializeBinary();
}
