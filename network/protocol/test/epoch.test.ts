import assert from "node:assert/strict";
import {
  EpochError,
  type EpochRecord,
  epochRecordHash,
  type SignedEpochRecord,
  toHex,
  verifyEd25519,
  verifyEpochChain,
} from "../src/index.ts";
import { epochRecord, genesis, networkId, signedEpoch } from "./fixture.ts";

const first = signedEpoch(epochRecord, ["alice", "bob", "carol"]);
const next = (change: Partial<EpochRecord> = {}, signers = ["bob", "carol", "dave"]): SignedEpochRecord =>
  signedEpoch(
    { ...epochRecord, keyEpoch: 2, previous: toHex(epochRecordHash(epochRecord)), ...change },
    signers,
  );
const verify = (...chain: SignedEpochRecord[]): EpochRecord[] =>
  verifyEpochChain(genesis, networkId, chain, verifyEd25519);
const refused = (code: string, ...chain: SignedEpochRecord[]): void =>
  assert.throws(
    () => verify(...chain),
    (error) => error instanceof EpochError && error.code === code,
  );

describe("epoch records", () => {
  it("follow from genesis, each from the one before", () => {
    assert.deepEqual(
      verify(first, next()).map(({ keyEpoch }) => keyEpoch),
      [1, 2],
    );
  });

  it("are refused out of order, with a gap, or behind another record", () => {
    refused("EPOCH_CHAIN", next());
    refused("EPOCH_CHAIN", first, next({ keyEpoch: 3 }));
    refused("EPOCH_CHAIN", first, next({ previous: "ab".repeat(32) }));
    refused("EPOCH_CHAIN", first, next({ previous: null }));
  });

  it("are refused when they are of another network", () => {
    const other = signedEpoch({ ...epochRecord, networkId: "ab".repeat(32) as typeof networkId }, [
      "alice",
      "bob",
      "carol",
    ]);
    refused("EPOCH_CHAIN", other);
  });

  it("are refused with other members or another threshold than genesis has", () => {
    refused("EPOCH_MEMBERS", first, next({ members: epochRecord.members.toReversed() }));
    refused("EPOCH_MEMBERS", first, next({ members: epochRecord.members.slice(1) }));
    refused("EPOCH_MEMBERS", first, next({ threshold: 2 }));
  });

  it("are refused with too few signatures, one twice, out of order, or of somebody else", () => {
    refused("EPOCH_SIGNATURES", signedEpoch(epochRecord, ["alice", "bob"]));
    refused("EPOCH_SIGNATURES", signedEpoch(epochRecord, ["alice", "alice", "bob"]));
    refused("EPOCH_SIGNATURES", signedEpoch(epochRecord, ["bob", "alice", "carol"]));
    const [one, ...rest] = first.signatures;
    assert.ok(one);
    refused("EPOCH_SIGNATURES", { ...first, signatures: [{ ...one, index: 4 }, ...rest] });
  });
});
