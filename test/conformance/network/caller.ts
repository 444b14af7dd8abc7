import { createHash, createPrivateKey } from "node:crypto";
import type { Client } from "@grpc/grpc-js";
import {
  connect,
  type Contract,
  type Gateway,
  hash,
  type Network,
  type ProposalOptions,
  type Signer,
  signers,
  type SubmittedTransaction,
  type Transaction,
} from "@hyperledger/fabric-gateway";
import { msp } from "@hyperledger/fabric-protos";
import { channel, probe } from "./names.ts";

export type Step = readonly [name: string, ...args: string[]];

export interface Identity {
  readonly mspId: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

const within = (timeoutMs: number) => () => ({ deadline: Date.now() + timeoutMs });

/** A call that hangs fails its case with a reason. */
const deadlines = {
  evaluateOptions: within(30_000),
  endorseOptions: within(30_000),
  submitOptions: within(30_000),
  commitStatusOptions: within(30_000),
};

/** One identity at one member's gateway, with the unmodified client. */
export class Caller {
  readonly identity: Identity;
  /** For messages that the client would never send. */
  readonly raw: Client;
  readonly gateway: Gateway;
  readonly network: Network;
  readonly contract: Contract;

  constructor(client: Client, identity: Identity) {
    this.identity = identity;
    this.raw = client;
    this.gateway = connect({
      client,
      identity: { mspId: identity.mspId, credentials: Buffer.from(identity.certificatePem) },
      signer: signerOf(identity),
      hash: isEd25519(identity) ? hash.none : hash.sha256,
      ...deadlines,
    });
    this.network = this.gateway.getNetwork(channel);
    this.contract = this.network.getContract(probe);
  }

  async evaluate(...steps: readonly Step[]): Promise<unknown> {
    return answersIn(await this.contract.evaluate("run", argumentsOf(steps)));
  }

  /** Valid and committed, or it throws. */
  async submit(...steps: readonly Step[]): Promise<unknown> {
    return answersIn(await this.contract.submit("run", argumentsOf(steps)));
  }

  async endorse(steps: readonly Step[], options: ProposalOptions = {}): Promise<Transaction> {
    return this.contract.newProposal("run", { ...options, ...argumentsOf(steps) }).endorse();
  }

  /** The code that a transaction of these steps is committed with. */
  async code(steps: readonly Step[], options: ProposalOptions = {}): Promise<number> {
    return codeOf(await this.endorse(steps, options));
  }

  get serialized(): Uint8Array {
    return serialized(this.identity);
  }

  sign(bytes: Uint8Array): Promise<Uint8Array> {
    return sign(this.identity, bytes);
  }
}

export function argumentsOf(steps: readonly Step[]): { arguments: string[] } {
  return { arguments: [JSON.stringify(steps)] };
}

/** Of one step its answer, of several the list. */
export function answersIn(bytes: Uint8Array): unknown {
  const answers = JSON.parse(Buffer.from(bytes).toString()) as unknown[];
  return answers.length === 1 ? answers[0] : answers;
}

export async function codeOf(transaction: Transaction): Promise<number> {
  const commit: SubmittedTransaction = await transaction.submit();
  return (await commit.getStatus()).code;
}

export function serialized({ mspId, certificatePem }: Identity): Uint8Array {
  const identity = new msp.SerializedIdentity();
  identity.setMspid(mspId);
  identity.setIdBytes(Buffer.from(certificatePem));
  return identity.serializeBinary();
}

export async function sign(identity: Identity, bytes: Uint8Array): Promise<Uint8Array> {
  return signerOf(identity)(isEd25519(identity) ? bytes : createHash("sha256").update(bytes).digest());
}

/** Signs the message itself, not its digest. */
function isEd25519({ privateKeyPem }: Identity): boolean {
  return createPrivateKey(privateKeyPem).asymmetricKeyType === "ed25519";
}

function signerOf({ privateKeyPem }: Identity): Signer {
  return signers.newPrivateKeySigner(createPrivateKey(privateKeyPem));
}
