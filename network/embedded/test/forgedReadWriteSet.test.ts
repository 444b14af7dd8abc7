import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Client } from "@grpc/grpc-js";
import { ledger, peer } from "@hyperledger/fabric-protos";
import { signBytes } from "../src/identity/signature.ts";
import { changeAction } from "./changedEnvelope.ts";
import type { ClientIdentity } from "./clientIdentity.ts";
import { Fixture } from "./fixture.ts";
import { commitCode, creatorOf, endorse, keyOf, makeProposal, signEnvelope, submit } from "./handmade.ts";

const { kvrwset, NsReadWriteSet, TxReadWriteSet, CollectionHashedReadWriteSet } = ledger.rwset;
const Code = peer.TxValidationCode;

type TxSet = InstanceType<typeof TxReadWriteSet>;
type NamespaceSet = InstanceType<typeof NsReadWriteSet>;

/** What no honest endorser signs, signed by a quorum of dishonest ones. */
describe("A forged read-write set", function () {
  this.timeout(120_000);
  let fixture: Fixture;
  let client: Client;
  let alice: ClientIdentity;
  let peers: ClientIdentity[];

  before(async () => {
    const collections = [{ name: "known", members: ["Member1MSP"] }];
    fixture = await Fixture.create({ quorum: 2, config: { collections } });
    await fixture.startLedger();
    client = fixture.channel(1);
    alice = await fixture.client(1);
    peers = await Promise.all(
      fixture.members.map(async ({ mspId, folder }) => ({
        mspId,
        certificatePem: await readFile(join(folder, "peer-cert.pem"), "utf8"),
        privateKeyPem: await readFile(join(folder, "peer-key.pem"), "utf8"),
      })),
    );
  });
  after(() => fixture.destroy());

  async function codeOf(change: (set: TxSet) => void): Promise<number> {
    const proposal = makeProposal(alice, ["put", "k", "v"]);
    const envelope = changeAction(await endorse(client, proposal), (endorsed) => {
      const payload = peer.ProposalResponsePayload.deserializeBinary(
        endorsed.getProposalResponsePayload_asU8(),
      );
      const action = peer.ChaincodeAction.deserializeBinary(payload.getExtension_asU8());
      const set = TxReadWriteSet.deserializeBinary(action.getResults_asU8());
      change(set);
      action.setResults(set.serializeBinary());
      payload.setExtension$(action.serializeBinary());
      const bytes = payload.serializeBinary();
      endorsed.setProposalResponsePayload(bytes);
      endorsed.setEndorsementsList(peers.map((endorser) => endorsementOf(endorser, bytes)));
    });
    await submit(client, signEnvelope(envelope, alice));
    return commitCode(client, alice, proposal.txId);
  }

  function endorsementOf(endorser: ClientIdentity, payload: Uint8Array): peer.Endorsement {
    const endorsement = new peer.Endorsement();
    const identity = creatorOf(endorser);
    endorsement.setEndorser(identity);
    endorsement.setSignature(signBytes(keyOf(endorser), Buffer.concat([payload, identity])));
    return endorsement;
  }

  it("passes where nothing of it is forged", async () => {
    assert.equal(await codeOf(() => undefined), Code.VALID);
  });

  it("is flagged where it writes in a namespace that is no chaincode's, and not where it only reads there", async () => {
    const write = new kvrwset.KVWrite();
    write.setKey("k");
    write.setValue("v");
    const writing = new kvrwset.KVRWSet();
    writing.addWrites(write);
    const read = new kvrwset.KVRead();
    read.setKey("k");
    const reading = new kvrwset.KVRWSet();
    reading.addReads(read);

    const other = (set: { serializeBinary(): Uint8Array }) => namespaceSet("other", set);
    assert.equal(await codeOf((set) => set.addNsRwset(other(writing))), Code.INVALID_CHAINCODE);
    assert.equal(await codeOf((set) => set.addNsRwset(other(reading))), Code.VALID);
    const direct = namespaceSet("test$$pknown", writing);
    assert.equal(await codeOf((set) => set.addNsRwset(direct)), Code.INVALID_CHAINCODE);
  });

  it("is flagged where it has a namespace twice", async () => {
    const again = namespaceSet("test", new kvrwset.KVRWSet());

    assert.equal(await codeOf((set) => set.addNsRwset(again)), Code.ILLEGAL_WRITESET);
  });

  it("is flagged where it writes in a collection that is not defined", async () => {
    const inCollection = (name: string) =>
      codeOf((set) => {
        const write = new kvrwset.KVWriteHash();
        write.setKeyHash(Buffer.alloc(32, 1));
        write.setValueHash(Buffer.alloc(32, 2));
        const hashedSet = new kvrwset.HashedRWSet();
        hashedSet.addHashedWrites(write);
        const collection = new CollectionHashedReadWriteSet();
        collection.setCollectionName(name);
        collection.setHashedRwset(hashedSet.serializeBinary());
        collection.setPvtRwsetHash(Buffer.alloc(32, 3));
        set.getNsRwsetList()[0]!.addCollectionHashedRwset(collection);
      });

    assert.equal(await inCollection("known"), Code.VALID);
    assert.equal(await inCollection("unknown"), Code.ENDORSEMENT_POLICY_FAILURE);
  });

  it("is flagged where it sets a key's metadata, which this ledger has not", async () => {
    const code = await codeOf((set) => {
      const [first] = set.getNsRwsetList();
      const kvSet = kvrwset.KVRWSet.deserializeBinary(first!.getRwset_asU8());
      kvSet.addMetadataWrites(new kvrwset.KVMetadataWrite());
      first!.setRwset(kvSet.serializeBinary());
    });

    assert.equal(code, Code.BAD_RWSET);
  });

  function namespaceSet(name: string, set: { serializeBinary(): Uint8Array }): NamespaceSet {
    const made = new NsReadWriteSet();
    made.setNamespace(name);
    made.setRwset(set.serializeBinary());
    return made;
  }
});
