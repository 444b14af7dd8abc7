import "./fixture/quiet.ts";
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { parseLedgerError } from "@comity/protocol";
import { JSONSerializer } from "fabric-contract-api";
import { CoalitionContract } from "../src/coalition/coalitionContract.ts";
import { NoticeContract } from "../src/notice/noticeContract.ts";

interface Response {
  readonly status: number;
  readonly message: string;
}

type Dispatcher = new (
  contracts: unknown[],
  serializers: object,
) => { Invoke(stub: object): Promise<Response> };

/** What fabric-shim puts between a peer and the contracts; it has no types. */
const ChaincodeFromContract = createRequire(__filename)(
  "fabric-shim/lib/contract-spi/chaincodefromcontract.js",
) as Dispatcher;

/** Any certificate: the dispatcher reads it before it looks for the transaction. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBbjCCARWgAwIBAgIUfq/n8dFga2tvHOd9ai6IgPuQZfswCgYIKoZIzj0EAwIw
DDEKMAgGA1UEAwwBdDAgFw0yNjExMjUxOTUyNDlaGA8yMTI2MTEwMTE5NTI0OVow
DDEKMAgGA1UEAwwBdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABDlqrkKuZ1on
ljsw3FezGnbP6jLGAtyVjS24c++osq4T6Tam0fdOm0H34xBydwyiwsPBhOnAa6E+
CDbUirg1HnijUzBRMB0GA1UdDgQWBBSALu3zMM0QGqbPSsGb5XmAPPUUZTAfBgNV
HSMEGDAWgBSALu3zMM0QGqbPSsGb5XmAPPUUZTAPBgNVHRMBAf8EBTADAQH/MAoG
CCqGSM49BAMCA0cAMEQCIE2c21zkzbNr7DWloviV1KXFgo6LQTXHnKsp6Nc9Kkre
AiB+dZ218ta3yzZy7x7sXBoBkV0qovcokVk8Tsj3o0d6vQ==
-----END CERTIFICATE-----
`;

async function refusalOf(...args: readonly string[]): Promise<string | undefined> {
  const serializers = { transaction: "json", serializers: { json: JSONSerializer } };
  const dispatcher = new ChaincodeFromContract([CoalitionContract, NoticeContract], serializers);
  const { status, message } = await dispatcher.Invoke({
    getBufferArgs: () => args.map((arg) => Buffer.from(arg)),
    getFunctionAndParameters: () => ({ fcn: args[0], params: args.slice(1) }),
    getTxID: () => "ab".repeat(32),
    getChannelID: () => "comity",
    getCreator: () => ({ mspid: "CHMSP", idBytes: Buffer.from(CERTIFICATE) }),
  });
  assert.equal(status, 500);
  // As a peer and its gateway pass it on.
  return parseLedgerError(`10 ABORTED: chaincode response ${status}, ${message}`)?.code;
}

describe("What fabric-shim refuses before a contract is asked", () => {
  it("has a code where a transaction has too few or too many arguments", async () => {
    assert.equal(await refusalOf("notice:File"), "ARGUMENT_INVALID");
    assert.equal(await refusalOf("notice:Start", "01", "02"), "ARGUMENT_INVALID");
  });

  it("has a code where there is no such contract", async () => {
    assert.equal(await refusalOf("nothing:File", "{}"), "TRANSACTION_UNKNOWN");
    assert.equal(await refusalOf("NOTICE_EXISTS: x:File", "{}"), "TRANSACTION_UNKNOWN");
  });

  it("is our own refusal where the contract is there and the transaction is not", async () => {
    assert.equal(await refusalOf("notice:Nothing", "{}"), "TRANSACTION_UNKNOWN");
  });
});
