import {
  Metadata,
  Server,
  ServerCredentials,
  status,
  type MethodDefinition,
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServiceError,
} from "@grpc/grpc-js";
import { common, gateway, google, orderer, peer } from "@hyperledger/fabric-protos";
import { createAuthority, createTlsAuthority } from "@comity/fabric";

/** What the tests of one file share: certificates cost more than everything else. */
export interface FakeWorld {
  readonly tlsRootPem: string;
  readonly tlsCertificatePem: string;
  readonly tlsKeyPem: string;
  readonly identity: { mspId: string; certificatePem: string; privateKeyPem: string };
}

export async function createFakeWorld(): Promise<FakeWorld> {
  const options = { mspId: "AMSP", organisation: "A", now: () => Date.now() };
  const authority = await createAuthority(options);
  const tlsAuthority = await createTlsAuthority(options);
  const tls = await tlsAuthority.issue({ commonName: "gateway", ips: ["127.0.0.1"] });
  const client = await authority.issue({ commonName: "node", ou: "client" });
  return {
    tlsRootPem: tlsAuthority.rootCertificatePem,
    tlsCertificatePem: tls.certificatePem,
    tlsKeyPem: tls.privateKeyPem ?? "",
    identity: {
      mspId: "AMSP",
      certificatePem: client.certificatePem,
      privateKeyPem: client.privateKeyPem ?? "",
    },
  };
}

/** A gateway peer that does what a test tells it to, over Fabric's own wire. */
export interface FakeBehaviour {
  evaluate?: (transaction: string) => Uint8Array;
  /** Throw to refuse. */
  endorse?: (organisations: readonly string[]) => void;
  submit?: (envelope: Uint8Array, id: string) => void;
  status?: (id: string) => { code: number; block: number };
  blocks?: (from: number) => common.Block[];
}

export interface FakeGateway {
  readonly address: string;
  readonly submitted: Uint8Array[];
  readonly streamsFrom: number[];
  stop(): void;
}

export async function startFakeGateway(world: FakeWorld, behaviour: FakeBehaviour): Promise<FakeGateway> {
  const server = new Server();
  const submitted: Uint8Array[] = [];
  const streamsFrom: number[] = [];
  server.addService(gatewayService, {
    Evaluate: unary((request: gateway.EvaluateRequest) => {
      const response = new peer.Response();
      response.setStatus(200);
      response.setPayload(behaviour.evaluate?.(request.getTransactionId()) ?? new Uint8Array());
      const answer = new gateway.EvaluateResponse();
      answer.setResult(response);
      return answer;
    }),
    Endorse: unary((request: gateway.EndorseRequest) => {
      behaviour.endorse?.(request.getEndorsingOrganizationsList());
      const answer = new gateway.EndorseResponse();
      answer.setPreparedTransaction(prepare(request));
      return answer;
    }),
    Submit: unary((request: gateway.SubmitRequest) => {
      const envelope = request.getPreparedTransaction()!.serializeBinary();
      submitted.push(envelope);
      behaviour.submit?.(envelope, request.getTransactionId());
      return new gateway.SubmitResponse();
    }),
    CommitStatus: unary((signed: gateway.SignedCommitStatusRequest) => {
      const request = gateway.CommitStatusRequest.deserializeBinary(signed.getRequest_asU8());
      const { code, block } = behaviour.status?.(request.getTransactionId()) ?? { code: 0, block: 1 };
      const answer = new gateway.CommitStatusResponse();
      answer.setResult(code as 0);
      answer.setBlockNumber(block);
      return answer;
    }),
  });
  server.addService(deliverService, {
    Deliver: (stream: ServerDuplexStream<common.Envelope, peer.DeliverResponse>) => {
      stream.on("data", (envelope: common.Envelope) => {
        const from = startOf(envelope);
        streamsFrom.push(from);
        for (const block of behaviour.blocks?.(from) ?? []) {
          const response = new peer.DeliverResponse();
          response.setBlock(block);
          stream.write(response);
        }
        stream.emit("error", rpcError(status.UNAVAILABLE, "the stream broke"));
      });
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    const pair = {
      cert_chain: Buffer.from(world.tlsCertificatePem),
      private_key: Buffer.from(world.tlsKeyPem),
    };
    server.bindAsync("127.0.0.1:0", ServerCredentials.createSsl(null, [pair]), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { address: `127.0.0.1:${port}`, submitted, streamsFrom, stop: () => server.forceShutdown() };
}

/** A gRPC error as Fabric's gateway sends it: with what each peer said in the details. */
/** Details are of `AMSP` unless they say otherwise. */
export function rpcError(
  code: status,
  message: string,
  ...details: (string | { readonly mspId: string; readonly message: string })[]
): ServiceError {
  const rich = new google.rpc.Status();
  rich.setCode(code);
  rich.setMessage(message);
  for (const each of details) {
    const { mspId, message: text } = typeof each === "string" ? { mspId: "AMSP", message: each } : each;
    const detail = new gateway.ErrorDetail();
    detail.setAddress("peer0:7051");
    detail.setMspId(mspId);
    detail.setMessage(text);
    (rich.addDetails() as { setValue(value: Uint8Array): void }).setValue(detail.serializeBinary());
  }
  const metadata = new Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(rich.serializeBinary()));
  return Object.assign(new Error(message), { code, details: message, metadata });
}

function startOf(envelope: common.Envelope): number {
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  const seek = orderer.SeekInfo.deserializeBinary(payload.getData_asU8());
  return seek.getStart()?.getSpecified()?.getNumber() ?? 0;
}

/** The envelope that a gateway hands back for signing. */
function prepare(request: gateway.EndorseRequest): common.Envelope {
  const proposal = peer.Proposal.deserializeBinary(request.getProposedTransaction()!.getProposalBytes_asU8());
  const response = new peer.Response();
  response.setStatus(200);
  response.setPayload(Buffer.from("done"));
  const action = new peer.ChaincodeAction();
  action.setResponse(response);
  const proposalResponse = new peer.ProposalResponsePayload();
  proposalResponse.setExtension$(action.serializeBinary());
  const endorsed = new peer.ChaincodeEndorsedAction();
  endorsed.setProposalResponsePayload(proposalResponse.serializeBinary());
  const actionPayload = new peer.ChaincodeActionPayload();
  actionPayload.setAction(endorsed);
  const transactionAction = new peer.TransactionAction();
  transactionAction.setPayload(actionPayload.serializeBinary());
  const transaction = new peer.Transaction();
  transaction.addActions(transactionAction);
  const payload = new common.Payload();
  payload.setHeader(common.Header.deserializeBinary(proposal.getHeader_asU8()));
  payload.setData(transaction.serializeBinary());
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  return envelope;
}

interface Message {
  serializeBinary(): Uint8Array;
}

function method<Request extends Message, Response extends Message>(
  path: string,
  decodeRequest: (bytes: Uint8Array) => Request,
  decodeResponse: (bytes: Uint8Array) => Response,
  isStream = false,
): MethodDefinition<Request, Response> {
  return {
    path,
    requestStream: isStream,
    responseStream: isStream,
    requestSerialize: (value) => Buffer.from(value.serializeBinary()),
    requestDeserialize: decodeRequest,
    responseSerialize: (value) => Buffer.from(value.serializeBinary()),
    responseDeserialize: decodeResponse,
  };
}

const { EvaluateRequest, EvaluateResponse, EndorseRequest, EndorseResponse, SubmitRequest, SubmitResponse } =
  gateway;
const { SignedCommitStatusRequest, CommitStatusResponse } = gateway;

const gatewayService = {
  Evaluate: method(
    "/gateway.Gateway/Evaluate",
    (b) => EvaluateRequest.deserializeBinary(b),
    (b) => EvaluateResponse.deserializeBinary(b),
  ),
  Endorse: method(
    "/gateway.Gateway/Endorse",
    (b) => EndorseRequest.deserializeBinary(b),
    (b) => EndorseResponse.deserializeBinary(b),
  ),
  Submit: method(
    "/gateway.Gateway/Submit",
    (b) => SubmitRequest.deserializeBinary(b),
    (b) => SubmitResponse.deserializeBinary(b),
  ),
  CommitStatus: method(
    "/gateway.Gateway/CommitStatus",
    (b) => SignedCommitStatusRequest.deserializeBinary(b),
    (b) => CommitStatusResponse.deserializeBinary(b),
  ),
};

const deliverService = {
  Deliver: method(
    "/protos.Deliver/Deliver",
    (b) => common.Envelope.deserializeBinary(b),
    (b) => peer.DeliverResponse.deserializeBinary(b),
    true,
  ),
};

/** A handler that answers with what `serve` returns, or with what it throws. */
function unary<Request, Response>(serve: (request: Request) => Response) {
  return (call: ServerUnaryCall<Request, Response>, answer: sendUnaryData<Response>) => {
    try {
      answer(null, serve(call.request));
    } catch (error) {
      answer(error as ServiceError);
    }
  };
}
