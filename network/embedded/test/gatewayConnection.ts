import { createPrivateKey } from "node:crypto";
import type { Client } from "@grpc/grpc-js";
import { connect, type Gateway, type hash, signers } from "@hyperledger/fabric-gateway";
import type { ClientIdentity } from "./clientIdentity.ts";

/** The unmodified client. */
export function connectGateway(client: Client, identity: ClientIdentity, hashed: typeof hash.none): Gateway {
  return connect({
    client,
    identity: { mspId: identity.mspId, credentials: Buffer.from(identity.certificatePem) },
    signer: signers.newPrivateKeySigner(createPrivateKey(identity.privateKeyPem)),
    hash: hashed,
    ...deadlines,
  });
}

const within = (timeoutMs: number) => () => ({ deadline: Date.now() + timeoutMs });

/** A call that hangs fails its test with a reason. */
const deadlines = {
  evaluateOptions: within(8_000),
  endorseOptions: within(8_000),
  submitOptions: within(8_000),
  commitStatusOptions: within(8_000),
};
